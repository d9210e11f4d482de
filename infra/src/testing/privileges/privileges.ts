import { type Principal, type ServiceName, serviceNames, topology } from '@tandem/contracts/topology';
import type { UnusedGrant } from '../../../granted-unused.ts';
import { evaluate } from './evaluate.ts';
import { ownedBy, principals } from './owned.ts';
import { type Granted, grantedBy, listOf, type Statement } from './policies.ts';
import { arn, type Templates } from './resources.ts';

/** What each principal was seen to call: principal → action → resources, as `aws-calls.json` has it. */
export type Calls = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** A deployment, what its principals call, and what stands before the names of all that it has. */
export interface Deployment {
  readonly templates: Templates;
  readonly calls: Calls;
  readonly prefix?: string;
}

/** The calls that every consumer makes on the queues of its service; none in a function, whose messages Lambda receives. */
export function consumerCalls(service: ServiceName): Calls[string] {
  const { queues, runsAs } = topology.services[service];
  if (runsAs === 'function') return {};
  return {
    'sqs:ChangeMessageVisibility': queues,
    'sqs:DeleteMessage': queues,
    'sqs:ReceiveMessage': queues,
  };
}

/** Recorded calls without those by which these services, which are functions on AWS, receive messages locally. */
export function withoutPolling(calls: Calls, functions: readonly ServiceName[]): Calls {
  const polling = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'];
  return Object.fromEntries(
    Object.entries(calls).map(([principal, actions]) => {
      const isFunction = functions.some((service) => service === principal);
      const remaining = Object.entries(actions).filter(
        ([action]) => !isFunction || !polling.includes(action),
      );
      return [principal, Object.fromEntries(remaining)];
    }),
  );
}

/** A line for each call that is seen and not allowed. */
export async function refusedCalls({
  templates,
  calls,
  prefix = '',
}: Deployment): Promise<readonly string[]> {
  const { identities, resourcePolicies } = grantedBy(templates);
  const faults: string[] = [];
  for (const { principal, action, resource } of callsOf(calls)) {
    const identity = identities.get(principal);
    if (!identity) throw new Error(`no role is that of ${principal}`);
    const answer = await evaluate(identity, action, arnOf(action, resource, prefix), resourcePolicies);
    if (answer !== 'Allowed') faults.push(`${principal} calls ${action} on ${resource}: ${answer}`);
  }
  return faults;
}

/** A line for each grant that no call needs to the letter and no reason excuses, and for each reason without a grant. */
export async function unusedGrants(
  { templates, calls, prefix = '' }: Deployment,
  excused: readonly UnusedGrant[],
): Promise<readonly string[]> {
  const { identities } = grantedBy(templates);
  const used = new Set(
    callsOf(calls).map(({ principal, action, resource }) =>
      [principal, action, arnOf(action, resource, prefix)].join(' '),
    ),
  );
  const needed = new Set<string>();
  const faults: string[] = [];
  for (const [principal, identity] of identities) {
    for (const { action, resource } of grantsOf(identity.statements)) {
      const grant = `${principal} may ${action} on ${resource}`;
      // Throws for an action that IAM does not know.
      if (!action.includes('*')) await evaluate(identity, action, resource.replaceAll('*', 'any'), new Map());
      if (used.has([principal, action, resource].join(' '))) continue;
      const reasons = excused
        .filter((it) => it.principal === principal && it.actions.includes(action))
        .filter((it) => it.resource.test(endOf(resource, prefix)));
      for (const reason of reasons) needed.add(excuse(reason, action));
      if (reasons.length > 0) continue;
      faults.push(`${grant}: ${/\*/.test(action + resource) ? 'wider than any call' : 'no call needs it'}`);
    }
  }
  const idle = excused.flatMap((it) => it.actions.map((action) => excuse(it, action)));
  return [...faults, ...idle.filter((it) => !needed.has(it)).map((it) => `${it}: not granted, or needed`)];
}

/**
 * A line for each resource of another context that a principal may access, by whatever action occurs anywhere: among the
 * calls, the grants, or the policies of resources. The topology names the one exception: a topic to which it publishes requests.
 */
export async function crossings({ templates, calls, prefix = '' }: Deployment): Promise<readonly string[]> {
  const granted = grantedBy(templates);
  const actions = actionsIn(granted, calls);
  const faults: string[] = [];
  for (const [principal, service] of principals) {
    const identity = granted.identities.get(principal);
    if (!identity) throw new Error(`no role is that of ${principal}`);
    const others = serviceNames.filter((name) => name !== service).map((name) => ownedBy(name, prefix));
    const resources = others.flatMap((owned) => owned.resources);
    const partsOfTables = others.flatMap((owned) => owned.partsOfTables);
    for (const resource of resources.filter((it) => !granted.resources.has(it)))
      throw new Error(`there is no ${resource}, so that nothing is proven of it`);
    for (const resource of [...resources, ...partsOfTables]) {
      const [, , api = ''] = resource.split(':');
      // What SNS gives a topic that has none is not to be seen in a template.
      if (api === 'sns' && !granted.resourcePolicies.has(resource))
        faults.push(`${resource} has no policy of its own`);
      for (const action of actions.filter((it) => it.startsWith(`${api}:`))) {
        const answer = await evaluate(identity, action, resource, granted.resourcePolicies);
        if (answer === 'Allowed' && !isRequest(principal, action, resource, prefix))
          faults.push(`${principal} may ${action} on ${resource}`);
      }
    }
  }
  return faults;
}

/** Whether a service, not its relay, publishes to the topic of its requests. */
function isRequest(principal: Principal, action: string, resource: string, prefix: string): boolean {
  const service = serviceNames.find((name) => name === principal);
  const topic = service && topology.services[service].requests?.topic;
  return topic !== undefined && action === 'sns:Publish' && resource === arn('sns', prefix + topic);
}

function callsOf(calls: Calls) {
  return Object.entries(calls).flatMap(([principal, actions]) =>
    Object.entries(actions).flatMap(([action, resources]) =>
      resources.map((resource) => ({ principal: principal as Principal, action, resource })),
    ),
  );
}

function grantsOf(statements: readonly Statement[]) {
  return statements
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap((statement) => {
      if (!statement.Action || !statement.Resource)
        throw new Error(`what this grants is not to be seen: ${JSON.stringify(statement)}`);
      return listOf(statement.Action).flatMap((action) =>
        listOf(statement.Resource).map((resource) => ({
          action: String(action),
          resource: String(resource),
        })),
      );
    });
}

/** Every action that is written anywhere, those with wildcards excepted, which `unusedGrants` finds. */
function actionsIn({ identities, resourcePolicies }: Granted, calls: Calls): readonly string[] {
  const statements = [
    ...[...identities.values()].map((it) => it.statements),
    ...resourcePolicies.values(),
  ].flat();
  const written = statements.flatMap(({ Action = [] }) => listOf(Action).map(String));
  const called = callsOf(calls).map(({ action }) => action);
  return [...new Set([...written, ...called])].filter((action) => !action.includes('*'));
}

/** The ARN of what a call names by its end. */
function arnOf(action: string, resource: string, prefix: string): string {
  const [service = ''] = action.split(':');
  return arn(
    service,
    service === 'dynamodb' ? resource.replace('table/', `table/${prefix}`) : prefix + resource,
  );
}

function endOf(resource: string, prefix: string): string {
  const end = resource.split(':').slice(5).join(':');
  return prefix === '' ? end : end.replace(prefix, '');
}

function excuse({ principal, resource }: UnusedGrant, action: string): string {
  return `${principal} is excused for ${action} on ${String(resource)}`;
}
