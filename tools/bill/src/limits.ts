import { topology } from '@tandem/contracts/topology';
import { assumptions } from './assumptions.ts';
import { SERVICES } from './facts.ts';
import { HOLDS_INDEX } from './holds.ts';
import { shardsOf } from './flows.ts';
import type { Billed } from './line.ts';
import { placeOf } from './usage.ts';

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

const { hottestProduct, largestCategory, movesOfOneProductPerSecond } = assumptions;
const percent = (share: number) => `${share * 100} % of all`;

/** Limits that the busiest phase of a scenario exceeds, the largest excess first. */
export function limitsOf({ facts, usage, measured }: Billed): Excess[] {
  const phase = usage.phases.reduce((a, b) =>
    b.perSecond.product + b.perSecond.cart > a.perSecond.product + a.perSecond.cart ? b : a,
  );
  const excesses: Excess[] = [];
  const check = (excess: Excess) => {
    if (excess.used > excess.allowed) excesses.push(excess);
  };

  const vcpu = SERVICES.reduce((sum, it) => sum + phase.tasks[it].value * facts.services[it].vcpu, 0);
  check({
    limit: 'Fargate vCPU of an account',
    used: 2 * vcpu,
    allowed: 6,
    unit: 'vCPU, twice the tasks while a deployment runs',
    kind: 'quota',
    remedy: 'request an increase (Service Quotas, Fargate On-Demand vCPU resource count)',
  });
  for (const service of SERVICES) {
    check({
      limit: `tasks of ${service}`,
      used: phase.tasks[service].value,
      allowed: facts.services[service].tasks.max,
      unit: 'tasks',
      kind: 'setting',
      remedy: 'raise tasks.max, or use larger tasks',
    });
  }
  const targets = SERVICES.reduce((sum, it) => sum + phase.tasks[it].value, 0);
  check({
    limit: 'targets of a load balancer',
    used: targets,
    allowed: 1_000,
    unit: 'targets',
    kind: 'quota',
    remedy: 'use larger tasks, or request an increase',
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
        remedy: 'raise capacity in the settings',
      });
      check({
        limit: `${placeOf(place)}, ${kind} units a second of a table`,
        used,
        allowed: 40_000,
        unit: 'units/s',
        kind: 'quota',
        remedy: 'request an increase (DynamoDB, table-level throughput)',
      });
    }
  }

  const published = phase.rate((of) =>
    Object.values(of.messages).reduce((sum, value) => sum + value, 0),
  ).value;
  check({
    limit: 'messages published by an account',
    used: published,
    allowed: 30_000,
    unit: 'messages/s',
    kind: 'quota',
    remedy: 'request an increase (SNS)',
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
      unit: `changes/s: one invocation at a time, ${batchSize} in ${milliseconds} ms`,
      kind: 'setting',
      remedy: 'set a parallelization factor in the event source mapping',
    });
  }

  const moves = phase.rate((of) => of.calls['product TransactWriteItems'] ?? 0).value;
  check({
    limit: 'stock moves of the hottest product',
    used: moves * hottestProduct,
    allowed: movesOfOneProductPerSecond,
    unit: `moves/s, ${percent(hottestProduct)}`,
    kind: 'limit',
    remedy: 'split the stock of a product into several items',
  });
  const indexWrites = phase.rate((of) => of.write['products/byCategory'] ?? 0).value;
  check({
    limit: 'writes of the largest category in its index',
    used: indexWrites * largestCategory,
    allowed: assumptions.partitionWritesPerSecond,
    unit: `units/s, ${percent(largestCategory)}`,
    kind: 'limit',
    remedy: 'split a category into several partitions, or exclude stock from the index',
  });
  check({
    limit: 'writes of holds in their index',
    used: phase.rate((of) => of.write[placeOf(HOLDS_INDEX)] ?? 0).value,
    allowed: assumptions.partitionWritesPerSecond,
    unit: 'units/s of the only partition with holds',
    kind: 'limit',
    remedy: 'split holds into several partitions, each with a sweep',
  });
  const list = measured.operations['list products'];
  const ofMix = usage.scenario.mix.product;
  const all = Object.values(ofMix).reduce((sum, weight) => sum + weight, 0);
  const lists = (phase.perSecond.product * (ofMix['list products'] ?? 0)) / all;
  check({
    limit: 'the first page of the list of all products',
    used: lists * (list.calls['product Scan'] ?? 0) * (list.read['products/byCategory'] ?? 0),
    allowed: assumptions.partitionReadsPerSecond,
    unit: 'units/s of one partition: every list starts with the same items',
    kind: 'limit',
    remedy: 'cache the first page for some seconds',
  });
  return excesses.sort((a, b) => b.used / b.allowed - a.used / a.allowed);
}
