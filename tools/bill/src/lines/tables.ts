import { topology } from '@tandem/contracts/topology';
import { assumptions } from '../assumptions.ts';
import type { TableFacts } from '../facts.ts';
import { atLeast, beyond, BYTES_PER_GB, dividedBy, type Figure, figure, plus, times } from '../formula.ts';
import { type Billed, line, type Line } from '../line.ts';
import { type Consumption, serviceMeasurement } from '../measurement.ts';
import { measuredNameOf, sumOf } from '../usage.ts';

const HOURS = figure(assumptions.hours, 'h');
const PRICES = {
  read: { unit: 'dynamoDbReadRequestUnit', hour: 'dynamoDbReadCapacityHour' },
  write: { unit: 'dynamoDbWriteRequestUnit', hour: 'dynamoDbWriteCapacityHour' },
} as const;
const ACCESSES = ['write', 'read'] as const;
type Access = (typeof ACCESSES)[number];

/** Lines of tables and indexes: request or capacity units, storage, backup. */
export function tableLines(billed: Billed): Line[] {
  return [
    ...billed.facts.tables.flatMap((table) =>
      ACCESSES.flatMap((access) => requestUnits(billed, table, access)),
    ),
    ...ACCESSES.flatMap((access) => capacityUnits(billed, access)),
    ...backgroundReads(billed),
    ...storage(billed),
  ];
}

const unitsOf = (table: TableFacts, access: Access) => (consumption: Consumption) =>
  consumption[access][measuredNameOf(table)] ?? 0;

function requestUnits({ usage, pricing }: Billed, table: TableFacts, access: Access): Line[] {
  const units = usage.total(unitsOf(table, access));
  if (table[access].mode !== 'onDemand' || units.value === 0) return [];
  const item = `${measuredNameOf(table)}: ${access} units`;
  return [line('tables', item, pricing.costOf(units, PRICES[access].unit))];
}

/** Auto scaling keeps the utilization at its target, and the capacity at or above the minimum. */
function capacityUnits({ facts, usage, pricing }: Billed, access: Access): Line[] {
  const provisioned = facts.tables.flatMap((table) => {
    const capacity = table[access];
    return capacity.mode === 'provisioned' ? [{ table, ...capacity }] : [];
  });
  if (provisioned.length === 0) return [];
  const unitHours = usage.overPhases(({ hours, rate }) => {
    const capacities = provisioned.map(({ table, min, target }) => {
      const used = rate(unitsOf(table, access), 'units/s');
      return used.value === 0 ? figure(min) : atLeast(figure(min), dividedBy(used, figure(target)));
    });
    return times(hours, plus(...capacities));
  });
  const free = times(pricing.freeTierOf('dynamoDbCapacityUnits'), HOURS);
  const cost = times(beyond(unitHours, free), pricing.priceOf(PRICES[access].hour));
  return [line('tables', `${access} capacity`, cost)];
}

/** Readiness checks of each load balancer node for each task, and sweeps of each task for overdue holds. */
function backgroundReads({ facts, usage, measured, pricing }: Billed): Line[] {
  const isProvisioned = facts.tables.some(({ read }) => read.mode === 'provisioned');
  /** Cost in addition to the reads of requests. */
  const costOf = (units: Figure) =>
    isProvisioned
      ? times(dividedBy(units, figure(3_600, 's/h')), pricing.priceOf(PRICES.read.hour))
      : pricing.costOf(units, PRICES.read.unit);
  const perHour = (seconds: number) => dividedBy(figure(3_600, 's/h'), figure(seconds, 's'));
  const checks = Object.entries(facts.services).flatMap(([service, { readinessIntervalSeconds }]) => {
    if (readinessIntervalSeconds === undefined) return [];
    const nodes = figure(facts.balancers.nodes, 'nodes');
    const units = figure(serviceMeasurement(measured, service).readinessReadUnits);
    return [times(usage.taskHoursOf(service), nodes, perHour(readinessIntervalSeconds), units)];
  });
  const sweeps = times(
    usage.taskHoursOf(topology.tables.products.owner),
    perHour(assumptions.sweepSeconds),
    figure(sumOf(Object.values(measured.holds.sweep.read), (units) => units)),
  );
  return [
    line('tables', 'Readiness checks', costOf(plus(...checks))),
    line('tables', 'Sweeps for overdue holds', costOf(sweeps)),
  ];
}

function storage({ facts, usage, measured, pricing }: Billed): Line[] {
  const operations = Object.values(measured.operations);
  const bytesOf = (type: string) => {
    const largest = (sums: 'itemBytes' | 'indexBytes') =>
      Math.max(...operations.map((operation) => operation[sums][type] ?? 0));
    return figure(largest('itemBytes') + largest('indexBytes') + assumptions.itemOverheadBytes, 'bytes');
  };
  const retained = Object.entries(assumptions.keptDays).map(([type, days]) => {
    const created = usage.total((consumption) => consumption.created[type] ?? 0);
    const months = dividedBy(figure(days, 'days'), figure(assumptions.daysOfMonth));
    return times(figure(created.value, type), months, bytesOf(type));
  });
  const catalog = ['product', 'description', 'catalog'].map((type) =>
    times(figure(assumptions.products), bytesOf(type)),
  );
  const stored = dividedBy(plus(...retained, ...catalog), BYTES_PER_GB);
  const size = figure(stored.value, 'GB');
  const inputs = { 'GB stored': stored };
  return [
    line('tables', 'Storage', pricing.costOf(size, 'dynamoDbStorageGb'), inputs),
    ...(facts.isBackedUp
      ? [line('tables', 'Point-in-time recovery', pricing.costOf(size, 'dynamoDbBackupGb'), inputs)]
      : []),
  ];
}
