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

const say = (line: string) => process.stderr.write(`${line}\n`);

await runCommand(async () => {
  const asked = readLoadArguments(process.env);
  if (!asked) {
    process.stdout.write(help);
    return 0;
  }
  if (asked.isCapacity)
    return measureCapacity({
      ...asked,
      path: process.env['PATH'],
      say,
      engine: (await choose(asked)).engine,
    });
  return load(asked);
});

function choose({ engine }: LoadArguments) {
  return chooseEngine(engine, process.env['PATH'], say);
}

async function load(asked: LoadArguments): Promise<number> {
  const profile = profileOf(asked.profile, asked.minutes);
  const mode = asked.mode ?? profile.mode;
  const { name, engine } = await choose(asked);
  await using session = await (asked.target === undefined
    ? openOwnSession({ mode, store: asked.store, path: process.env['PATH'] })
    : openTarget(asked.target, asked.token));
  const isQuarter = asked.target === undefined && mode === 'processes' && profile.mode === 'processes';
  const by = isQuarter ? session.limit(['product', 'cart']) : undefined;
  const where = [
    asked.target ?? `own system, ${mode === 'processes' ? 'a process a part' : 'in one process'}`,
    ...(asked.target === undefined ? [asked.store] : []),
    ...(isQuarter
      ? [by ? `a quarter of a core a service by ${by}` : 'CPU not limited, measured by time']
      : []),
    `sent by ${name}`,
  ].join(', ');
  say(`${asked.profile}: ${where}; preparing`);
  const report = await session.run({
    ...profile,
    rates: peakRates,
    arrivals: name === 'k6' ? 'even' : asked.arrivals,
    seed: asked.seed,
    engine,
  });
  const title = `${asked.profile}: ${where}`;
  if (asked.html !== undefined) {
    await mkdir(dirname(asked.html), { recursive: true });
    await writeFile(asked.html, htmlOf(title, report, profile.targets));
    say(`${asked.html} is written`);
  }
  process.stdout.write(asked.isJson ? `${JSON.stringify({ title, ...report })}\n` : textOf(title, report));
  return report.verdict.passed ? 0 : 1;
}
