/**
 * Deploys staging to MiniStack, an independent implementation of AWS, and proves there what needs no account
 * (docs/deployment.md says what does); skips with a message if there is no Python. `--plant NAME` plants a fault, of which the suite must
 * become red. Other options of `node --test` are passed on.
 */
import { join } from 'node:path';
import { INFRA, install } from '@tandem/cdk/packages';
import { exemptLoopback } from '@tandem/cli/loopback';
import { run } from '@tandem/cli/run';
import { installPython } from './python.ts';

const given = process.argv.slice(2);
const position = given.indexOf('--plant');
const plant = position === -1 ? undefined : given[position + 1];
const options = position === -1 ? given : given.toSpliced(position, 2);
const python = await installPython('oracle', join(import.meta.dirname, 'oracle/requirements.txt'));
if (python) {
  install(INFRA);
  exemptLoopback(process.env);
  const { code } = await run(process.execPath, ['--test', ...options, 'tests/src/oracle/suite.ts'], {
    cwd: join(import.meta.dirname, '..'),
    env: {
      ORACLE_BIN: join(python.command('python'), '..'),
      ...(plant !== undefined && { ORACLE_PLANT: plant }),
    },
    isShown: true,
    deadlineMs: 20 * 60_000,
  });
  process.exitCode = code ?? 1;
}
