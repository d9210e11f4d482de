import { runCommand } from '@tandem/cli/command';
import { print, printLine } from '@tandem/cli/printable';
import { serviceNames } from '@tandem/contracts/topology';
import { type LoadArguments, readLoadArguments } from './arguments.ts';
import { measureCapacity } from './capacity.ts';
import { localTokens } from './prepare.ts';
import { profileOf } from './profiles.ts';
import { peakRates } from './rates.ts';
import { runLoad, type Subject, subjectOf } from './run.ts';
import { startOwnSystem } from './system/own-system.ts';
import { textOf } from './text.ts';

const path = process.env['PATH'];

await runCommand(async () => {
  const options = readLoadArguments(process.env);
  return options.isCapacity ? measureCapacity({ ...options, path }) : load(options);
});

async function load({ store, target, token, ...options }: LoadArguments): Promise<number> {
  const profile = profileOf(options.profile, options.minutes);
  const mode = options.mode ?? profile.mode;
  await using cleanup = new AsyncDisposableStack();
  let subject: Subject;
  if (target === undefined)
    subject = await subjectOf(cleanup.use(await startOwnSystem({ mode, store, path })));
  else
    subject = {
      url: target,
      tokens: token === undefined ? await localTokens() : { catalog: token, users: [token] },
    };

  const where =
    target ??
    `own system, ${mode === 'processes' ? 'one process per component' : 'in one process'}, ${store}`;
  printLine(`${options.profile}: ${where}; preparing`, process.stderr);
  const isLimited = target === undefined && mode === 'processes' && profile.mode === 'processes';
  const report = await runLoad(subject, {
    ...profile,
    rates: peakRates,
    seed: options.seed,
    ...(isLimited && { limited: serviceNames }),
  });
  const limit = report.limitedBy
    ? `0.25 core per service by ${report.limitedBy}`
    : 'CPU not limited, measured by CPU time';
  const title = `${options.profile}: ${where}${isLimited ? `, ${limit}` : ''}`;
  print(options.isJson ? `${JSON.stringify({ title, ...report })}\n` : textOf(title, report));
  return report.verdict.passed ? 0 : 1;
}
