/**
 * Process of a system under load: one role, or all of it. A bundled service runs alone, as on AWS: this imports no code of
 * others, so that the process has the memory of the service.
 */
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { requestUntil } from '@tandem/cli/api-client';
import { endWithParent } from '@tandem/local/processes/with-parent';
import type { Tables } from './dynamodb.ts';

/** What a process gets as JSON in the variable `LOAD`. */
export interface Setup {
  /** Undefined with SQLite. */
  readonly tables?: Tables;
  /** The bundled services by name; without them the processes run from sources. */
  readonly bundles?: Readonly<Record<string, ServiceBundle>>;
}

/** A bundled service: its script, and its environment, in which `$NAME` stands for a variable that its process gets. */
export interface ServiceBundle {
  readonly main: string;
  readonly environment: Readonly<Record<string, string>>;
}

const role = process.argv[2] ?? '';
const { tables, bundles = {} } = JSON.parse(process.env['LOAD'] ?? '{}') as Setup;
const bundle = bundles[role];

endWithParent();
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
  const { runRole } = await import('./role.ts');
  await runRole(role, process.env, tables);
}
