import { type ServiceName, topology } from '@tandem/contracts/topology';
import { assumptions } from './assumptions.ts';
import { shardsOf } from './flows.ts';
import { HOLDS_INDEX } from './parts.ts';
import type { Billed } from './line.ts';
import { measuredNameOf, type Quantity, sumOf } from './usage.ts';

/** A limit that the busiest phase of a scenario exceeds. */
export interface Excess {
  readonly limit: string;
  readonly used: number;
  readonly allowed: number;
  readonly unit: string;
  /** `setting`: in infra's settings. `quota`: AWS raises it on request. `limit`: a hard limit, which requires another design. */
  readonly kind: 'setting' | 'quota' | 'limit';
  readonly remedy: string;
}

const { hottestProduct, largestCategory, movesOfOneProductPerSecond, partitionWritesPerSecond } = assumptions;
const { partitionReadsPerSecond, relayMilliseconds, snsBatch, snsCallMilliseconds } = assumptions;
const percent = (share: number) => `${share * 100} % of all`;

/** Limits that the busiest phase of a scenario exceeds, the largest excess first. */
export function limitsOf({ facts, usage, measured }: Billed): Excess[] {
  const phase = usage.phases.reduce((a, b) => (b.perSecond > a.perSecond ? b : a));
  const rate = (quantity: Quantity) => phase.rate(quantity).value;
  const excesses: Excess[] = [];
  const check = (
    kind: Excess['kind'],
    limit: string,
    used: number,
    allowed: number,
    unit: string,
    remedy: string,
  ) => {
    if (used > allowed) excesses.push({ limit, used, allowed, unit, kind, remedy });
  };

  const services = Object.entries(facts.services).map(([service, serviceFacts]) => {
    const tasks = phase.tasksOf(service).value;
    const { max } = serviceFacts.tasks;
    check('setting', `tasks of ${service}`, tasks, max, 'tasks', 'raise tasks.max, or use larger tasks');
    return { tasks, vcpu: tasks * serviceFacts.vcpu };
  });
  check(
    'quota',
    'Fargate vCPU of an account',
    2 * sumOf(services, ({ vcpu }) => vcpu),
    6,
    'vCPU, twice the tasks while a deployment runs',
    'request an increase (Service Quotas, Fargate On-Demand vCPU resource count)',
  );
  check(
    'quota',
    'targets of a load balancer',
    sumOf(services, ({ tasks }) => tasks),
    1_000,
    'targets',
    'use larger tasks, or request an increase',
  );
  for (const table of facts.tables) {
    for (const access of ['read', 'write'] as const) {
      const name = measuredNameOf(table);
      const used = rate((consumption) => consumption[access][name] ?? 0);
      const limit = `${name}, ${access} units a second`;
      const { max = Number.POSITIVE_INFINITY } = table[access];
      check('setting', limit, used, max, 'units/s', 'raise capacity in the settings');
      const increase = 'request an increase (DynamoDB, table-level throughput)';
      check('quota', `${limit} of a table`, used, 40_000, 'units/s', increase);
    }
  }
  const published = rate(({ messages }) => sumOf(Object.values(messages), (count) => count));
  const accountMessages = 'messages published by an account';
  check('quota', accountMessages, published, 30_000, 'messages/s', 'request an increase (SNS)');
  for (const [service, { batchSize }] of Object.entries(facts.relays)) {
    const table = topology.relays[service as ServiceName]?.table;
    if (table === undefined) continue;
    const milliseconds = relayMilliseconds + (batchSize / snsBatch) * snsCallMilliseconds;
    check(
      'setting',
      `changes of a shard of ${table}`,
      rate(({ changes }) => changes[table] ?? 0) / shardsOf(phase, table, facts).value,
      (batchSize * 1_000) / milliseconds,
      `changes/s: one invocation at a time, ${batchSize} in ${milliseconds} ms`,
      'set a parallelization factor in the event source mapping',
    );
  }
  check(
    'limit',
    'stock moves of the hottest product',
    rate(({ calls }) => calls['product TransactWriteItems'] ?? 0) * hottestProduct,
    movesOfOneProductPerSecond,
    `moves/s, ${percent(hottestProduct)}`,
    'split the stock of a product into several items',
  );
  check(
    'limit',
    'writes of the largest category in its index',
    rate(({ write }) => write['products/byCategory'] ?? 0) * largestCategory,
    partitionWritesPerSecond,
    `units/s, ${percent(largestCategory)}`,
    'split a category into several partitions, or exclude stock from the index',
  );
  check(
    'limit',
    'writes of holds in their index',
    rate(({ write }) => write[HOLDS_INDEX] ?? 0),
    partitionWritesPerSecond,
    'units/s of the only partition with holds',
    'split holds into several partitions, each with a sweep',
  );
  const list = measured.operations['list products'];
  check(
    'limit',
    'the first page of the list of all products',
    rate(({ calls }) => calls['product Scan'] ?? 0) * (list.read['products/byCategory'] ?? 0),
    partitionReadsPerSecond,
    'units/s of one partition: every list starts with the same items',
    'cache the first page for some seconds',
  );
  return excesses.sort((a, b) => b.used / b.allowed - a.used / a.allowed);
}
