import { AwsError, type Call, isDenial } from './aws-calls.ts';
import { ACCOUNT, REGION } from './ministack.ts';
import type { Template } from './template.ts';

/** The types of resources in the templates that the emulator's CloudFormation does not know: it rejects a template with one. */
export async function unsupportedTypes(
  call: Call,
  templates: Iterable<Template>,
): Promise<readonly string[]> {
  const types = new Set(
    [...templates].flatMap(({ Resources }) => Object.values(Resources).map(({ Type }) => Type)),
  );
  const unknown: string[] = [];
  for (;;) {
    const known = [...types].filter((type) => !unknown.includes(type));
    const rejected = await rejectedTypes(call, known);
    if (rejected.length === 0) return unknown.sort();
    unknown.push(...rejected);
  }
}

/** The types for which a template with a resource of each is rejected. Creates nothing: the change set is deleted. */
async function rejectedTypes(call: Call, types: readonly string[]): Promise<readonly string[]> {
  const Resources = Object.fromEntries(types.map((Type, position) => [`Probe${position}`, { Type }]));
  const stack = { StackName: 'probe', ChangeSetName: 'probe' };
  try {
    await call('cloudformation', 'CreateChangeSet', {
      ...stack,
      ChangeSetType: 'CREATE',
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      TemplateBody: JSON.stringify({ Resources }),
    });
  } catch (error) {
    const [, rejected] = /Unrecognized resource types: \[(.*?)\]/.exec(String(error)) ?? [];
    if (rejected === undefined) throw error;
    return rejected.split(/, ?/);
  }
  await call('cloudformation', 'DeleteChangeSet', stack);
  await call('cloudformation', 'DeleteStack', { StackName: 'probe' });
  return [];
}

const TopicArn = `arn:aws:sns:${REGION}:${ACCOUNT}:none`;
const QueueUrl = `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/none`;
/** A call that AWS allows with the action of its single form. */
const batches: Readonly<Record<string, readonly [service: string, operation: string, params: object]>> = {
  'sns:PublishBatch': [
    'sns',
    'PublishBatch',
    { TopicArn, PublishBatchRequestEntries: [{ Id: '1', Message: 'm' }] },
  ],
  'sqs:SendMessageBatch': ['sqs', 'SendMessageBatch', { QueueUrl, Entries: [{ Id: '1', MessageBody: 'm' }] }],
  'sqs:DeleteMessageBatch': [
    'sqs',
    'DeleteMessageBatch',
    { QueueUrl, Entries: [{ Id: '1', ReceiptHandle: 'r' }] },
  ],
};

/** Those of the actions, AWS's with the emulator's, for which a caller with AWS's action alone is denied. */
export async function actionsAskedFor(
  call: Call,
  actions: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const UserName = 'probe';
  const Statement = [{ Effect: 'Allow', Action: Object.keys(actions), Resource: '*' }];
  await call('iam', 'CreateUser', { UserName });
  await call('iam', 'PutUserPolicy', {
    UserName,
    PolicyName: 'probe',
    PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
  });
  const { AccessKey } = await call<{ AccessKey: { AccessKeyId: string; SecretAccessKey: string } }>(
    'iam',
    'CreateAccessKey',
    { UserName },
  );
  const credentials = { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey };
  const found = await Promise.all(
    Object.entries(actions).map(async ([action, asked]) => {
      const batch = batches[asked];
      if (!batch) throw new Error(`no call tests ${asked}: add one to probe.ts`);
      const [service, operation, params] = batch;
      const isDenied = await call(service, operation, { ...params }, credentials).then(
        () => false,
        (error: unknown) => error instanceof AwsError && isDenial(error),
      );
      return isDenied ? [[action, asked]] : [];
    }),
  );
  await call('iam', 'DeleteAccessKey', { UserName, AccessKeyId: AccessKey.AccessKeyId });
  await call('iam', 'DeleteUserPolicy', { UserName, PolicyName: 'probe' });
  await call('iam', 'DeleteUser', { UserName });
  return Object.fromEntries(found.flat()) as Record<string, string>;
}
