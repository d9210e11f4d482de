/**
 * `npm run check`: licences, format, lint with types, types. `--fix` formats, and fixes what the linter can. The stacks are left out,
 * with a message, where their packages are not installed.
 */
import { spawnSync } from 'node:child_process';
import { areInstalled, INFRA } from '@tandem/cdk/packages';
import { licenceFindings } from './licences.ts';

const hasInfra = areInstalled(INFRA);
const exceptInfra = hasInfra ? [] : ['--ignore-pattern', INFRA];
const commands = process.argv.includes('--fix')
  ? [['oxfmt'], ['oxlint', '--type-aware', '--fix', ...exceptInfra]]
  : [
      ['oxfmt', '--check'],
      ['oxlint', '--type-aware', '--deny-warnings', ...exceptInfra],
      ['tsc'],
      ...(hasInfra ? [['tsc', '-p', INFRA]] : []),
      ['tsc', '-p', 'apps/console'],
    ];

const findings = licenceFindings();
if (findings.length > 0) {
  const next = 'take another package, or except this one, with the reason, in scripts/licences.ts';
  console.error(`Licences that are not allowed (${next}):\n  ${findings.join('\n  ')}`);
  process.exit(1);
}

for (const [command = '', ...args] of commands) {
  const { status } = spawnSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) {
    process.exitCode = status ?? 1;
    break;
  }
}
if (!hasInfra) console.log(`skipped: lint and types of the stacks, which need npm ci --prefix ${INFRA}`);
