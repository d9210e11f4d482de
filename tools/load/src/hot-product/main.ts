import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { integer, readArguments, runCommand } from '@tandem/cli/command';
import { MAX_CARTS } from '@tandem/product/messaging/cart-events';
import { describeMachine, machineFacts } from '../machine.ts';
import { measure, type Measured, type Run } from './measure.ts';

const FILE = join(import.meta.dirname, '../../results/hot-product.json');
/** Number of tasks that the target and the bill's limit are about. */
const TASKS = 4;
/** Largest batch of one receive: what a consumer applies together unless it gathers more. */
const RECEIVE = 10;
/** In the mix every so many-th move is of the most popular product: the bill's assumption, 2 %. */
const MIX = 50;
/** At least so many times the rate of batches of one receive. */
const TARGET = 3;

const help = `Measures how many moves of one product's stock Product's consumers apply in a second: the consumers and the storage of
the service, each task with a table of its own, on a queue and a table in memory that respond as late as SQS and
DynamoDB and reject overlapping transactions. The yardstick is the same with batches of one receive (ten messages).

  npm run hot-product -- [--moves 1000]

Writes tools/load/results/hot-product.json, which the bill reads. Exit code: 0 the target is met, 1 it is missed, 2 usage error.
`;

const columns = ['tasks', 'batch', 'share', 'moves/s', 'conflicts/batch', 'p99, ms', 'CPU ms/message'];
const rowOf = (cells: readonly (string | number)[]) =>
  cells.map((cell, i) => String(cell).padStart((columns[i] ?? '').length + 2)).join('');
const heading = rowOf(columns);

await runCommand(async () => {
  const { values } = readArguments({ help, options: { moves: { type: 'string', default: '1000' } } });
  const moves = integer('--moves', values.moves, 100, 100_000);
  const run = async (settings: Run): Promise<Measured> => {
    const measured = await measure(settings);
    console.log(lineOf(measured));
    return measured;
  };

  await measure({ tasks: TASKS, maxBatchSize: MAX_CARTS, every: 1, moves });
  console.log(heading);
  const alone: Measured[] = [];
  for (const tasks of [1, 2, TASKS, 8])
    for (const maxBatchSize of [RECEIVE, MAX_CARTS])
      alone.push(
        await run({ tasks, maxBatchSize, every: 1, moves: maxBatchSize === RECEIVE ? moves : 6 * moves }),
      );
  const mixed: Measured[] = [];
  for (const maxBatchSize of [RECEIVE, MAX_CARTS])
    mixed.push(await run({ tasks: TASKS, maxBatchSize, every: MIX, moves: Math.ceil((5 * moves) / MIX) }));

  const rateOf = (maxBatchSize: number) =>
    alone.find((measured) => measured.tasks === TASKS && measured.maxBatchSize === maxBatchSize)
      ?.movesPerSecond ?? Number.NaN;
  const ratio = rateOf(MAX_CARTS) / rateOf(RECEIVE);
  const passed = ratio >= TARGET;
  const report = {
    machine: machineFacts(),
    movesPerSecond: Math.round(rateOf(MAX_CARTS)),
    ratio,
    alone,
    mixed,
  };
  await writeFile(FILE, `${JSON.stringify(report, null, 2)}\n`);
  console.log(
    `${describeMachine(report.machine)}\n${passed ? '✓' : '✗'} ${TASKS} tasks, of batches of ${RECEIVE}: ${ratio.toFixed(2)}, >= ${TARGET}`,
  );
  return passed ? 0 : 1;
});

function lineOf(measured: Measured): string {
  const { tasks, maxBatchSize, every, movesPerSecond, conflictsPerBatch, p99Ms, cpuMsPerMessage } = measured;
  const share = `${100 / every} %`;
  const figures = [
    movesPerSecond.toFixed(0),
    conflictsPerBatch.toFixed(2),
    p99Ms.toFixed(0),
    cpuMsPerMessage.toFixed(2),
  ];
  return rowOf([tasks, maxBatchSize, share, ...figures]);
}
