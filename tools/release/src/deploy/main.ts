/** Deploys the release that this program is part of; see `help`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onlyOne, readArguments, runCommand, usageError } from '@tandem/cli/command';
import { printLine } from '@tandem/cli/printable';
import { deployRelease, type Outcome } from './deploy-release.ts';
import { localRelease, stageSteps } from './stage-steps.ts';

const help = `Deploys a release to a stage, runs the smoke test there, and restores the last version that passed it if either fails.

  node deploy.mjs STAGE --archive FILE

  STAGE           staging or production
  --archive FILE  the archive that the release was unpacked from, which is kept as the last good version once it is

Variables: RELEASES (bucket of the last good versions), SMOKE_TOKEN_URL, SMOKE_CLIENT_ID, SMOKE_CLIENT_SECRET (of a client that
may have the scope products:write), and where the issuer needs them SMOKE_SCOPE (default: products:write) and SMOKE_AUDIENCE.

Exit code: 0 deployed, 1 anything else (the last line says what the stage runs now), 2 usage error.
`;

/** What the stage runs now, and what to do next. */
const endings: Readonly<Record<Outcome, string>> = {
  deployed: 'The stage runs this release, which passed its smoke test.',
  unverified:
    'The stage runs a release that was not tested: fix the client of the smoke test (SMOKE_TOKEN_URL, SMOKE_CLIENT_ID, SMOKE_CLIENT_SECRET), and run this job again.',
  restored:
    'This release failed. The stage runs the last good version again, which passed its smoke test: fix the cause, and merge the fix.',
  failed: 'The stage runs a release that failed: see "A release failed" in docs/runbook.md.',
};

await runCommand(async () => {
  const { values, positionals } = readArguments({
    help,
    allowPositionals: true,
    options: { archive: { type: 'string' } },
  });
  const stage = onlyOne(positionals, 'STAGE');
  if (!/^[a-z]+$/.test(stage)) throw usageError(`"${stage}" is not a stage`);
  if (values.archive === undefined) throw usageError('--archive is not set');
  const client = {
    tokenUrl: required('SMOKE_TOKEN_URL'),
    id: required('SMOKE_CLIENT_ID'),
    secret: required('SMOKE_CLIENT_SECRET'),
    scope: process.env['SMOKE_SCOPE'] || 'products:write',
    audience: process.env['SMOKE_AUDIENCE'] || undefined,
  };
  const workFolder = await mkdtemp(join(process.env['RUNNER_TEMP'] ?? tmpdir(), 'tandem-release-'));
  try {
    const report = (line: string) => printLine(line);
    // GitHub removes the token from the log of the job, wherever it may appear.
    const mask =
      process.env['GITHUB_ACTIONS'] === 'true'
        ? (token: string) => printLine(`::add-mask::${token}`)
        : undefined;
    const steps = stageSteps({ stage, bucket: required('RELEASES'), client, workFolder, report, mask });
    const folder = dirname(fileURLToPath(import.meta.url));
    const outcome = await deployRelease(await localRelease(resolve(values.archive), folder), steps);
    report(endings[outcome]);
    return outcome === 'deployed' ? 0 : 1;
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
});

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw usageError(`${name} is not set`);
  return value;
}
