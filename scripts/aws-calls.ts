import { topology } from '@tandem/contracts/topology';

/** AWS calls by principal: principal → action → resources, all sorted. */
export type Calls = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** Line recorded by tests: a call, or a command whose required permission is unknown. */
type Line =
  | { readonly principal: string; readonly from: string; readonly action: string; readonly resource: string }
  | { readonly principal: string; readonly from: string; readonly fault: string };

/**
 * Merges the records of many processes, one JSON per line; without the calls that Lambda makes on AWS. Throws for a command
 * whose permission is unknown.
 */
export function callsOf(record: string): Calls {
  const calls: Record<string, Record<string, string[]>> = {};
  for (const call of new Set(record.split('\n').filter(Boolean).map(callOf).toSorted())) {
    const [principal = '', action = '', resource = ''] = call.split(' ');
    if (functions.has(principal) && POLLING.has(action)) continue;
    ((calls[principal] ??= {})[action] ??= []).push(resource);
  }
  return calls;
}

/** Services that run as functions on AWS, where Lambda polls their queues. In tests they poll themselves. */
const functions = new Set(
  Object.entries(topology.services).flatMap(([service, { runsAs }]) =>
    runsAs === 'function' ? [service] : [],
  ),
);
const POLLING = new Set(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility']);

/** Added and removed calls, one per line. */
export function differences(before: Calls, after: Calls): readonly string[] {
  const [old, now] = [listOf(before), listOf(after)];
  return [
    ...now.filter((call) => !old.includes(call)).map((call) => `new:  ${call}`),
    ...old.filter((call) => !now.includes(call)).map((call) => `gone: ${call}`),
  ];
}

/** A recorded call as `principal action resource`. */
function callOf(text: string): string {
  const line = JSON.parse(text) as Line;
  if ('fault' in line) throw new Error(`${line.principal}, in ${line.from}: ${line.fault}`);
  return `${line.principal} ${line.action} ${line.resource}`;
}

function listOf(calls: Calls): readonly string[] {
  return Object.entries(calls).flatMap(([principal, actions]) =>
    Object.entries(actions).flatMap(([action, resources]) =>
      resources.map((resource) => `${principal} ${action} ${resource}`),
    ),
  );
}
