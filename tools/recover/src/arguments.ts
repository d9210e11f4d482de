import { integer, oneOf, onlyOne, readArguments, usageError } from '@tandem/cli/command';
import { type AwsDeployment, awsDeployment, awsOptions } from '@tandem/cli/target';
import type { RaisedTable } from './raise.ts';

const help = `Recovers a deployment on AWS after a table was restored. docs/runbook.md has the order of the steps.

  npm run recover -- raise products|carts --aws [--rate N]
  npm run -s recover -- lost-products --aws > lost.ndjson
  npm run -s recover -- lost-orders --aws [--write] > orders.ndjson
  npm run recover -- deletions --aws [--rate N]
  npm run -s recover -- earlier-products --from TABLE --aws [--ids ID,ID] > earlier.ndjson

  raise             raise the versions of products, or of open carts, by 100,000, so that consumers apply their next events;
                    publishes nothing. An interrupted one continues; a raised item is not raised again
  lost-products     print the changes of products that Cart knows and a restored products table lacks, as lines of an import
  lost-orders       print the orders that Product has sold and a restored carts table lacks; --write stores them, before
                    the raise, so that no shopper pays twice
  deletions         publish ProductDeleted again for every deleted product, for a restored carts table
  earlier-products  print the content of products in the copy TABLE, as lines of an import; default: all products

  --rate N          items or events per second (default: 200 for raise, 50 for deletions; at most 10000 and 500)
  --aws             the deployment, with the credentials that the AWS SDK finds
  --region R        AWS region (default: AWS_REGION)
  --prefix P        name prefix of the deployment, such as staging-
  --segments N      parallel segments of a table scan (default: 4; at most 64)

An item of raise costs a write unit for each KB, and one for its index. Import lines by npm run import. Carts are named by their
public ids, which grant no access.

An operator needs dynamodb:Scan and dynamodb:BatchGetItem, dynamodb:GetItem on both tables and the copy; for raise
dynamodb:UpdateItem and dynamodb:DescribeTable; for lost-orders --write dynamodb:PutItem on carts; for deletions sns:Publish on
product-events-topic, and sqs:GetQueueUrl and sqs:GetQueueAttributes on product-relay-parking-queue, to find the account.

Exit code: 0 done; 1 failed, or an order could not be stored; 2 usage error; 130 interrupted.
`;

/** Default and largest rate of the commands that have one. */
const rates = { raise: [200, 10_000], deletions: [50, 500] } as const;

const commands = ['raise', 'lost-products', 'lost-orders', 'deletions', 'earlier-products'] as const;

/** Parsed command line. */
export interface RecoverArguments {
  readonly command: (typeof commands)[number];
  readonly aws: AwsDeployment;
  readonly table: RaisedTable;
  readonly rate: number;
  readonly segments: number;
  readonly isWriting: boolean;
  readonly from: string;
  readonly ids: readonly string[] | undefined;
}

/** Parses the command line. Throws a usage error where it is invalid. */
export function readRecoverArguments(args?: string[]): RecoverArguments {
  const { values, positionals } = readArguments({
    help,
    allowPositionals: true,
    ...(args && { args }),
    options: {
      ...awsOptions,
      rate: { type: 'string' },
      segments: { type: 'string', default: '4' },
      write: { type: 'boolean', default: false },
      from: { type: 'string' },
      ids: { type: 'string' },
    },
  });
  const [name = '', ...rest] = positionals;
  const command = oneOf('command', name, commands);
  const { rate, segments, write: isWriting, from, ids } = values;
  const only = (option: string, isGiven: boolean, owner: string) => {
    if (isGiven && command !== owner) throw usageError(`--${option} is for ${owner}`);
  };
  only('write', isWriting, 'lost-orders');
  only('from', from !== undefined, 'earlier-products');
  only('ids', ids !== undefined, 'earlier-products');
  if (rate !== undefined && !(command in rates)) throw usageError('--rate is for raise and deletions');
  if (command === 'earlier-products' && from === undefined)
    throw usageError('earlier-products needs --from TABLE, the copy');
  if (command !== 'raise' && rest.length > 0) throw usageError(`${command} takes no "${rest[0]}"`);
  const table =
    command === 'raise' ? oneOf('table', onlyOne(rest, 'table'), ['products', 'carts']) : 'products';
  const aws = awsDeployment(values);
  if (!aws) throw usageError('a local system has no restored table: add --aws');
  const [defaultRate, maxRate] = rates[command === 'deletions' ? 'deletions' : 'raise'];
  return {
    command,
    aws,
    table,
    rate: integer('--rate', rate ?? String(defaultRate), 1, maxRate),
    segments: integer('--segments', segments, 1, 64),
    isWriting,
    from: from ?? '',
    ids: ids?.split(',').filter((id) => id !== ''),
  };
}
