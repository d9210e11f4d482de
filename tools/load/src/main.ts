import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { runCommand } from '@tandem/cli/command';
import { help, type LoadArguments, readLoadArguments } from './arguments.ts';
import { measureCapacity } from './capacity/capacity.ts';
import { chooseEngine } from './engine/choose.ts';
import { profileOf } from './profiles.ts';
import { peakRates } from './rates.ts';
import { htmlOf } from './report/html.ts';
import { textOf } from './report/text.ts';
import { openOwnSession, openTarget } from './session.ts';

const log = (line: string) => process.stderr.write(`${line}\n`);

await runCommand(async () => {
  const options = readLoadArguments(process.env);
  if (!options) {
    process.stdout.write(help);
    return 0;
  }
  if (options.isCapacity)
    return measureCapacity({
      ...options,
      path: process.env['PATH'],
      log,
      engine: (await choose(options)).engine,
    });
  return load(options);
});

function choose({ engine }: LoadArguments) {
  return chooseEngine(engine, process.env['PATH'], log);
}

async function load(options: LoadArguments): Promise<number> {
  const profile = profileOf(options.profile, options.minutes);
  const mode = options.mode ?? profile.mode;
  const { name, engine } = await choose(options);
  await using session = await (options.target === undefined
    ? openOwnSession({ mode, store: options.store, path: process.env['PATH'] })
    : openTarget(options.target, options.token));
  const isQuarter = options.target === undefined && mode === 'processes' && profile.mode === 'processes';
  const by = isQuarter ? session.limit(['product', 'cart']) : undefined;
  const where = [
    options.target ?? `own system, ${mode === 'processes' ? 'one process per component' : 'in one process'}`,
    ...(options.target === undefined ? [options.store] : []),
    ...(isQuarter ? [by ? `0.25 core per service by ${by}` : 'CPU not limited, measured by CPU time'] : []),
    `sent by ${name}`,
  ].join(', ');
  log(`${options.profile}: ${where}; preparing`);
  const report = await session.run({
    ...profile,
    rates: peakRates,
    arrivals: name === 'k6' ? 'even' : options.arrivals,
    seed: options.seed,
    engine,
  });
  const title = `${options.profile}: ${where}`;
  if (options.html !== undefined) {
    await mkdir(dirname(options.html), { recursive: true });
    await writeFile(options.html, htmlOf(title, report, profile.targets));
    log(`Wrote ${options.html}.`);
  }
  process.stdout.write(options.isJson ? `${JSON.stringify({ title, ...report })}\n` : textOf(title, report));
  return report.verdict.passed ? 0 : 1;
}
