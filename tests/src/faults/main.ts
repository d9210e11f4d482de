import { readArguments, runCommand } from '@tandem/local/cli';
import { printReport } from './report.ts';
import { runFaults } from './run.ts';

/** `npm run faults -- [--seed N] [--minutes M] [--per-mille N] [--json]` */
await runCommand(async () => {
  const { values } = readArguments({
    options: {
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      minutes: { type: 'string', default: '5' },
      'per-mille': { type: 'string', default: '15' },
      json: { type: 'boolean', default: false },
    },
  });
  const report = await runFaults({
    seed: Number(values.seed),
    durationMs: Number(values.minutes) * 60_000,
    perMille: Number(values['per-mille']),
    restDeadlineMs: 180_000,
    progress: (line) => process.stderr.write(`\r${line.padEnd(70)}`),
  });
  process.stderr.write('\n');
  console.log(values.json ? JSON.stringify(report, null, 2) : printReport(report));
  return report.faults.length === 0 ? 0 : 1;
});
