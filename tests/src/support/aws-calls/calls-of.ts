import { topology } from '@tandem/contracts/topology';

/** What IAM is asked when a command is sent: the action, and the resource as its ARN ends. */
export interface Call {
  readonly action: string;
  readonly resource: string;
}

/** A command's input, whatever the command. */
export type Input = Readonly<Record<string, unknown>>;

const tables = Object.keys(topology.tables);
const topics = new Set<string>(Object.keys(topology.topics));
const queues = new Set([
  ...Object.keys(topology.queues),
  ...Object.values(topology.queues).map(({ deadLetterQueue }) => deadLetterQueue),
  ...topology.subscriptions.map(({ deadLetterQueue }) => deadLetterQueue),
  ...Object.values(topology.relays).map(({ parkingQueue }) => parkingQueue),
]);

/** How IAM names the parts of TransactWriteItems, which is no action of its own. */
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

/** By client and command; a batch needs the same right as what it batches, BatchGetItem excepted. */
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
        if (action === undefined) throw new Error(`What right does ${part} in a transaction need?`);
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

/** The rights that a command needs. Throws where it is not known which, or what it acts on is not the topology's. */
export function callsOf(client: string, command: string, input: Input): readonly Call[] {
  const calls = commands[`${client} ${command}`];
  if (!calls) throw new Error(`What right does ${command} of ${client} need? Say so in calls-of.ts`);
  return calls(input);
}

/** Tests name tables after the topology's, with a suffix of their own. */
function table(value: unknown, index?: unknown): string {
  const name = tables.find((it) => value === it || String(value).startsWith(`${it}-`));
  if (name === undefined) throw new Error(`${String(value)} is no table of the topology`);
  return typeof index === 'string' ? `table/${name}/index/${index}` : `table/${name}`;
}

function known(names: ReadonlySet<string>, name: string): string {
  if (!names.has(name)) throw new Error(`${name} is no queue or topic of the topology`);
  return name;
}

function lastPart(value: unknown, separator: string): string {
  return String(value).split(separator).at(-1) ?? '';
}
