import type { Principal } from '@tandem/contracts/topology';
import { createResolve, type Resolve } from './intrinsics.ts';
import { arn, type Resource, type Templates, valueOf } from './resources.ts';

export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
}

/** A role of the deployment, with all that is attached to it. */
export interface Identity {
  readonly arn: string;
  readonly statements: readonly Statement[];
}

/** What a deployment grants: to its principals, and by the policies of its queues, topics and tables. */
export interface Granted {
  readonly identities: ReadonlyMap<Principal, Identity>;
  /** By the ARN of the resource. */
  readonly resourcePolicies: ReadonlyMap<string, readonly Statement[]>;
  /** The ARNs of all tables, queues and topics. */
  readonly resources: ReadonlySet<string>;
}

/** The tag by which a role says whose it is. */
const PRINCIPAL_TAG = 'tandem:principal';

/** What templates grant, every intrinsic resolved. Throws where that is not all to be seen in them. */
export function grantedBy(templates: Templates): Granted {
  const resolve = createResolve(templates);
  const all = Object.entries(templates).flatMap(([stack, { Resources }]) =>
    Object.entries(Resources).map(([id, resource]) => ({ stack, id, resource })),
  );
  const identities = new Map<Principal, Identity>();
  const resourcePolicies = new Map<string, readonly Statement[]>();
  const resources = new Set<string>();
  for (const it of all) {
    const { stack, id, resource } = it;
    const value = (attribute: string) =>
      valueOf(resource, attribute, `${stack}-${id}`, (name) => resolve(stack, name));
    const principal = principalOf(resource);
    if (principal) {
      if (identities.has(principal)) throw new Error(`two roles are those of ${principal}`);
      const [name, roleArn] = [String(value('Ref')), String(value('Arn'))];
      const statements = [...inline(it, resolve), ...all.flatMap((other) => attached(other, name, resolve))];
      identities.set(principal, { arn: roleArn, statements });
    }
    if (/^AWS::(DynamoDB::(Global)?Table|SQS::Queue)$/.test(resource.Type))
      resources.add(String(value('Arn')));
    if (resource.Type === 'AWS::SNS::Topic') resources.add(String(value('TopicArn')));
    for (const [target, statements] of ofResource(it, resolve))
      resourcePolicies.set(target, [...(resourcePolicies.get(target) ?? []), ...statements]);
  }
  return { identities, resourcePolicies, resources };
}

interface Placed {
  readonly stack: string;
  readonly id: string;
  readonly resource: Resource;
}

function principalOf({ Type, Properties = {} }: Resource): Principal | undefined {
  if (Type !== 'AWS::IAM::Role') return undefined;
  const tags = (Properties['Tags'] ?? []) as readonly { Key: string; Value: string }[];
  return tags.find(({ Key }) => Key === PRINCIPAL_TAG)?.Value as Principal | undefined;
}

function inline({ stack, id, resource: { Properties = {} } }: Placed, resolve: Resolve): Statement[] {
  for (const property of ['ManagedPolicyArns', 'PermissionsBoundary'])
    if (property in Properties)
      throw new Error(`${stack}: what ${property} of ${id} grants is not to be seen`);
  const policies = (Properties['Policies'] ?? []) as readonly { PolicyDocument: unknown }[];
  return policies.flatMap(({ PolicyDocument }) => statementsOf(resolve(stack, PolicyDocument)));
}

function attached(
  { stack, resource: { Type, Properties = {} } }: Placed,
  roleName: string,
  resolve: Resolve,
): Statement[] {
  if (!/^AWS::IAM::(Policy|ManagedPolicy|RolePolicy)$/.test(Type)) return [];
  const roles = listOf(resolve(stack, Properties['Roles'] ?? Properties['RoleName'] ?? []));
  return roles.includes(roleName) ? statementsOf(resolve(stack, Properties['PolicyDocument'])) : [];
}

/** The policies that a queue, topic or table has, by the ARN of what they are about. */
function ofResource({ stack, id, resource }: Placed, resolve: Resolve): [string, Statement[]][] {
  const { Type, Properties = {} } = resource;
  const resolved = (value: unknown) => resolve(stack, value);
  const document = () => statementsOf(resolved(Properties['PolicyDocument']));
  const queue = (url: unknown) => arn('sqs', String(url).split('/').at(-1) ?? '');
  switch (Type) {
    case 'AWS::SQS::QueuePolicy':
    case 'AWS::SQS::QueueInlinePolicy':
      return listOf(resolved(Properties['Queues'] ?? Properties['Queue'])).map((url) => [
        queue(url),
        document(),
      ]);
    case 'AWS::SNS::TopicPolicy':
    case 'AWS::SNS::TopicInlinePolicy':
      return listOf(resolved(Properties['Topics'] ?? Properties['TopicArn'])).map((topic) => [
        String(topic),
        document(),
      ]);
    default:
      if (Type.startsWith('AWS::DynamoDB::') && JSON.stringify(Properties).includes('"ResourcePolicy"'))
        throw new Error(`${stack}: ${id} has a policy of its own, which is not looked at yet`);
      return [];
  }
}

function statementsOf(document: unknown): Statement[] {
  return listOf((document as { Statement: unknown }).Statement) as Statement[];
}

/** CloudFormation and IAM take one thing in the place of a list of one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}
