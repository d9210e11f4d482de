import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createPublisher } from '@tandem/chassis/messaging/publisher';
import { INTERRUPTED, runCommand, stopSignal } from '@tandem/cli/command';
import { printLine } from '@tandem/cli/printable';
import { showCount } from '@tandem/cli/progress';
import { awsTarget } from '@tandem/dlq/target';
import { readRecoverArguments, type RecoverArguments } from './arguments.ts';
import { publishDeletions } from './deletions.ts';
import { type Deployment, openDeployment } from './deployment.ts';
import { earlierProducts } from './earlier-products.ts';
import { lostOrders } from './lost-orders.ts';
import { lostProducts } from './lost-products.ts';
import { openPosition } from './position.ts';
import { raise } from './raise.ts';

const STATE_DIRECTORY = join(import.meta.dirname, '../../../.local');

const now = () => Date.now();
const note = (text: string) => printLine(text, process.stderr);

type Progress = ReturnType<typeof showCount>;
type Run = (
  args: RecoverArguments,
  deployment: Deployment,
  progress: Progress,
) => Promise<{ readonly code: number; readonly summary: string }>;

const runs: Readonly<Record<RecoverArguments['command'], Run>> = {
  async raise({ table, rate, segments }, { client, calls, nameOf, driverOf }, progress) {
    const name = nameOf(table);
    const { raised, unchanged, isInterrupted } = await raise({
      table,
      name,
      client,
      calls,
      driver: driverOf(name),
      segments,
      rate,
      now,
      openPosition: (id) => openPosition(STATE_DIRECTORY, id),
      onProgress: (items) => progress.update(`raising ${table}`, items),
      signal: stopSignal('finishing the current page'),
    });
    const before = unchanged > 0 ? `, ${unchanged} were raised before` : '';
    const again = isInterrupted ? '; interrupted: run it again to continue' : '';
    return { code: isInterrupted ? INTERRUPTED : 0, summary: `${raised} ${table} raised${before}${again}` };
  },

  async 'lost-products'({ segments }, { nameOf, driverOf }, progress) {
    const lines = lostProducts({
      products: driverOf(nameOf('products')),
      carts: driverOf(nameOf('carts')),
      segments,
      now,
      onProgress: (items) => progress.update('reading what Cart knows', items),
      onDeleted: (productId) => note(`${productId} was deleted since: delete it again`),
    });
    return { code: 0, summary: `${await printLines(lines)} products printed` };
  },

  async 'lost-orders'({ segments, isWriting }, { nameOf, driverOf }, progress) {
    let left = 0;
    const orders = lostOrders({
      products: driverOf(nameOf('products')),
      carts: driverOf(nameOf('carts')),
      segments,
      now,
      isWriting,
      onProgress: (items) => progress.update('reading sales', items),
    });
    const counted = async function* () {
      for await (const order of orders) {
        if (order.outcome === 'left') left += 1;
        yield order;
      }
    };
    const printed = await printLines(counted());
    const raised = left > 0 ? `, ${left} left: their carts are newer than the sale, or no longer open` : '';
    const summary = `${printed - left} lost orders ${isWriting ? 'stored' : 'found'}${raised}`;
    return { code: left > 0 ? 1 : 0, summary };
  },

  async deletions({ aws, rate, segments }, { nameOf, driverOf }, progress) {
    using target = awsTarget(aws);
    const publish = createPublisher(target.sns, await target.topicArn('product-events-topic'));
    const driver = driverOf(nameOf('products'));
    const onProgress = (events: number) => progress.update('publishing deletions', events);
    const published = await publishDeletions({ driver, publish, rate, segments, now, onProgress });
    return { code: 0, summary: `${published} deletions published` };
  },

  async 'earlier-products'({ from, ids, segments }, { driverOf }) {
    let missing = 0;
    const onMissing = (productId: string) => {
      missing += 1;
      note(`${productId} is not in ${from}`);
    };
    const lines = earlierProducts({ driver: driverOf(from), ids, segments, now, onMissing });
    const printed = await printLines(lines);
    return { code: missing > 0 ? 1 : 0, summary: `${printed} products printed` };
  },
};

/** Prints values as JSON, one a line, no faster than they are read. Resolves to their number. */
async function printLines(values: AsyncIterable<object>): Promise<number> {
  let count = 0;
  const lines = async function* () {
    for await (const value of values) {
      count += 1;
      yield `${JSON.stringify(value)}\n`;
    }
  };
  await pipeline(lines, process.stdout, { end: false });
  return count;
}

await runCommand(async () => {
  const args = readRecoverArguments();
  using deployment = openDeployment(args.aws);
  const progress = showCount(process.stderr);
  const start = performance.now();
  const { code, summary } = await runs[args.command](args, deployment, progress).finally(() =>
    progress.stop(),
  );
  note(`${summary} in ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return code;
});
