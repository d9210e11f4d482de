/** Process of a system under load: one role, or without a role all of it. A bundled service runs alone, as on AWS. */
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { requestUntil } from '@tandem/cli/api-client';
import { BUNDLES, type ServiceBundle } from '../environment.ts';

const role = process.argv[2];
const bundles = JSON.parse(process.env[BUNDLES] ?? '{}') as Readonly<Record<string, ServiceBundle>>;
const bundle = bundles[role ?? ''];

process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
// Logs and metrics are written at the usual cost, and discarded: a file is opened with the lowest free descriptor, 1.
closeSync(1);
openSync(devNull, 'w');
if (bundle) {
  for (const [name, value] of Object.entries(bundle.environment))
    process.env[name] = value.replaceAll(/\$(\w+)/g, (_, variable: string) => process.env[variable] ?? '');
  const url = `http://${process.env['HOST']}:${process.env['PORT']}`;
  const isAlive = ({ status }: { readonly status: number }) => status === 200;
  void requestUntil(url, { method: 'GET', path: '/health' }, isAlive, { deadlineMs: 60_000 }).then(
    (outcome) => 'response' in outcome && process.send?.('ready'),
  );
  await import(bundle.main);
} else {
  const { run } = await import('./run.ts');
  await run(role, process.env);
}
