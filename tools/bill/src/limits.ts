import { topology } from '@tandem/contracts/topology';
import { assumptions } from './assumptions.ts';
import { SERVICES } from './facts.ts';
import { HOLDS_INDEX } from './holds.ts';
import { shardsOf } from './flows.ts';
import type { Billed } from './line.ts';
import { placeOf } from './usage.ts';

/** A limit that a scenario's busiest hour passes. */
export interface Excess {
  readonly limit: string;
  readonly used: number;
  readonly allowed: number;
  readonly unit: string;
  /** `setting`: ours, in infra's settings. `quota`: AWS raises it when asked. `limit`: nobody does; the design has to change. */
  readonly kind: 'setting' | 'quota' | 'limit';
  readonly remedy: string;
}

const { hottestProduct, largestCategory, movesOfOneProductPerSecond } = assumptions;
const percent = (share: number) => `${share * 100} % of all`;

/** What does not bear the busiest phase of a scenario: the nearest to breaking last. */
export function limitsOf({ facts, usage, measured }: Billed): Excess[] {
  const phase = usage.phases.reduce((a, b) =>
    b.perSecond.product + b.perSecond.cart > a.perSecond.product + a.perSecond.cart ? b : a,
  );
  const found: Excess[] = [];
  const check = (excess: Excess) => {
    if (excess.used > excess.allowed) found.push(excess);
  };

  const vcpu = SERVICES.reduce((sum, it) => sum + phase.tasks[it].value * facts.services[it].vcpu, 0);
  check({
    limit: 'Fargate vCPU of an account',
    used: 2 * vcpu,
    allowed: 6,
    unit: 'vCPU, twice the tasks while a deployment runs',
    kind: 'quota',
    remedy: 'ask for more (Service Quotas, Fargate On-Demand vCPU resource count)',
  });
  for (const service of SERVICES) {
    check({
      limit: `tasks of ${service}`,
      used: phase.tasks[service].value,
      allowed: facts.services[service].tasks.max,
      unit: 'tasks',
      kind: 'setting',
      remedy: 'raise tasks.max, or take larger tasks',
    });
  }
  const targets = SERVICES.reduce((sum, it) => sum + phase.tasks[it].value, 0);
  check({
    limit: 'targets of a load balancer',
    used: targets,
    allowed: 1_000,
    unit: 'targets',
    kind: 'quota',
    remedy: 'larger tasks, or ask for more',
  });
  for (const place of facts.tables) {
    for (const kind of ['read', 'write'] as const) {
      const used = phase.rate((of) => of[kind][placeOf(place)] ?? 0).value;
      const { max = Number.POSITIVE_INFINITY } = place[kind];
      check({
        limit: `${placeOf(place)}, ${kind} units a second`,
        used,
        allowed: max,
        unit: 'units/s',
        kind: 'setting',
        remedy: 'raise capacity',
      });
      check({
        limit: `${placeOf(place)}, ${kind} units a second of a table`,
        used,
        allowed: 40_000,
        unit: 'units/s',
        kind: 'quota',
        remedy: 'ask for more (DynamoDB, table-level throughput)',
      });
    }
  }

  const published = phase.rate((of) =>
    Object.values(of.messages).reduce((sum, value) => sum + value, 0),
  ).value;
  check({
    limit: 'messages that an account publishes',
    used: published,
    allowed: 30_000,
    unit: 'messages/s',
    kind: 'quota',
    remedy: 'ask for more (SNS)',
  });
  const { relayMilliseconds, snsCallMilliseconds, snsBatch } = assumptions;
  for (const service of SERVICES) {
    const { table } = topology.relays[service];
    const { batchSize } = facts.relays[service];
    const milliseconds = relayMilliseconds + (batchSize / snsBatch) * snsCallMilliseconds;
    check({
      limit: `changes of a shard of ${table}`,
      used: phase.rate((of) => of.changes[table] ?? 0).value / shardsOf(phase, table, facts).value,
      allowed: (batchSize * 1_000) / milliseconds,
      unit: `changes/s: an invocation at a time, ${batchSize} in ${milliseconds} ms`,
      kind: 'setting',
      remedy: 'a parallelization factor in the event source mapping',
    });
  }

  const moves = phase.rate((of) => of.calls['product TransactWriteItems'] ?? 0).value;
  check({
    limit: 'stock moves of the hottest product',
    used: moves * hottestProduct,
    allowed: movesOfOneProductPerSecond,
    unit: `moves/s, ${percent(hottestProduct)}`,
    kind: 'limit',
    remedy: 'stock of a product in several items',
  });
  const indexWrites = phase.rate((of) => of.write['products/byCategory'] ?? 0).value;
  check({
    limit: 'writes of the largest category in its index',
    used: indexWrites * largestCategory,
    allowed: assumptions.partitionWritesPerSecond,
    unit: `units/s, ${percent(largestCategory)}`,
    kind: 'limit',
    remedy: 'several partitions for a category, or stock outside of what the index has',
  });
  check({
    limit: 'writes of holds in their index',
    used: phase.rate((of) => of.write[placeOf(HOLDS_INDEX)] ?? 0).value,
    allowed: assumptions.partitionWritesPerSecond,
    unit: 'units/s of one partition, which has all holds',
    kind: 'limit',
    remedy: 'several partitions for holds, each with a sweep',
  });
  const list = measured.operations['list products'];
  const ofMix = usage.scenario.mix.product;
  const all = Object.values(ofMix).reduce((sum, weight) => sum + weight, 0);
  const lists = (phase.perSecond.product * (ofMix['list products'] ?? 0)) / all;
  check({
    limit: 'the first page of the list of all products',
    used: lists * (list.calls['product Scan'] ?? 0) * (list.read['products/byCategory'] ?? 0),
    allowed: assumptions.partitionReadsPerSecond,
    unit: 'units/s of one partition: each list begins at the same items',
    kind: 'limit',
    remedy: 'keep the first page in memory for some seconds',
  });
  return found.sort((a, b) => b.used / b.allowed - a.used / a.allowed);
}
