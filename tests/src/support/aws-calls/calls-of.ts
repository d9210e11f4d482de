import { topology } from '@tandem/contracts/topology';

/** IAM permission that a command needs: the action, and the end of the resource's ARN. */
export interface Call {
  readonly action: string;
  readonly resource: string;
}

/** Input of any command. */
export type Input = Readonly<Record<string, unknown>>;

const tables = Object.keys(topology.tables);
const topics = new Set<string>(Object.keys(topology.topics));
const queues = new Set([
  ...Object.keys(topology.queues),
  ...Object.values(topology.queues).map(({ deadLetterQueue }) => deadLetterQueue),
  ...Object.values(topology.relays).map(({ parkingQueue }) => parkingQueue),
]);

/** IAM actions of the parts of TransactWriteItems, which has no action of its own. */
const transactActions: Readonly<Record<string, string>> = {
  ConditionCheck: 'dynamodb:ConditionCheckItem',
  Delete: 'dynamodb:DeleteItem',
  Put: 'dynamodb:PutItem',
  Update: 'dynamodb:UpdateItem',
};

const onTable =
  (action: string) =>
  (input: Input): Call[] => [{ action, resource: table(input['TableName'], input['IndexName']) }];
const onTables =
  (action: string) =>
  ({ RequestItems }: Input): Call[] =>
    Object.keys(RequestItems as object).map((name) => ({ action, resource: table(name) }));
const onQueue =
  (action: string) =>
  ({ QueueUrl }: Input): Call[] => [{ action, resource: known(queues, lastPart(QueueUrl, '/')) }];
const onTopic =
  (action: string) =>
  ({ TopicArn }: Input): Call[] => [{ action, resource: known(topics, lastPart(TopicArn, ':')) }];

/** Permissions by client and command; a batch needs those of its entries, apart from BatchGetItem. */
const commands: Readonly<Record<string, (input: Input) => Call[]>> = {
  'DynamoDB GetItem': onTable('dynamodb:GetItem'),
  'DynamoDB PutItem': onTable('dynamodb:PutItem'),
  'DynamoDB UpdateItem': onTable('dynamodb:UpdateItem'),
  'DynamoDB DeleteItem': onTable('dynamodb:DeleteItem'),
  'DynamoDB Query': onTable('dynamodb:Query'),
  'DynamoDB Scan': onTable('dynamodb:Scan'),
  'DynamoDB BatchGetItem': onTables('dynamodb:BatchGetItem'),
  'DynamoDB BatchWriteItem': onTables('dynamodb:BatchWriteItem'),
  'DynamoDB TransactWriteItems': ({ TransactItems }) =>
    (TransactItems as Record<string, Input>[]).flatMap((item) =>
      Object.entries(item).map(([part, { TableName }]) => {
        const action = transactActions[part];
        if (action === undefined)
          throw new Error(`unknown permission of ${part} in a transaction: add it to calls-of.ts`);
        return { action, resource: table(TableName) };
      }),
    ),
  'SNSClient PublishCommand': onTopic('sns:Publish'),
  'SNSClient PublishBatchCommand': onTopic('sns:Publish'),
  'SQSClient SendMessageCommand': onQueue('sqs:SendMessage'),
  'SQSClient SendMessageBatchCommand': onQueue('sqs:SendMessage'),
  'SQSClient ReceiveMessageCommand': onQueue('sqs:ReceiveMessage'),
  'SQSClient DeleteMessageCommand': onQueue('sqs:DeleteMessage'),
  'SQSClient DeleteMessageBatchCommand': onQueue('sqs:DeleteMessage'),
  'SQSClient ChangeMessageVisibilityCommand': onQueue('sqs:ChangeMessageVisibility'),
  'SQSClient ChangeMessageVisibilityBatchCommand': onQueue('sqs:ChangeMessageVisibility'),
};

/** Permissions that a command needs. Throws for an unknown command, or a resource outside of the topology. */
export function callsOf(client: string, command: string, input: Input): readonly Call[] {
  const calls = commands[`${client} ${command}`];
  if (!calls) throw new Error(`unknown permission of ${command} of ${client}: add it to calls-of.ts`);
  return calls(input);
}

/** Maps a table name of a test, with its suffix, to the topology's table. */
function table(value: unknown, index?: unknown): string {
  const name = tables.find((candidate) => value === candidate || String(value).startsWith(`${candidate}-`));
  if (name === undefined) throw new Error(`${String(value)} is not a table of the topology`);
  return typeof index === 'string' ? `table/${name}/index/${index}` : `table/${name}`;
}

function known(names: ReadonlySet<string>, name: string): string {
  if (!names.has(name)) throw new Error(`${name} is not a queue or topic of the topology`);
  return name;
}

function lastPart(value: unknown, separator: string): string {
  return String(value).split(separator).at(-1) ?? '';
}
