import { topology } from '@tandem/contracts/topology';
import { assumptions } from './assumptions.ts';
import type { TableFacts } from './facts.ts';
import { atLeast, BYTES_PER_GB, dividedBy, type Figure, figure, named, plus, times } from './formula.ts';
import type { Billed, Cost, Row } from './line.ts';
import { serviceMeasurement } from './measurement.ts';
import { HOURS } from './traffic-rows.ts';
import { measuredNameOf, type Quantity, sumOf } from './usage.ts';

const PRICES = {
  read: { unit: 'dynamoDbReadRequestUnit', hour: 'dynamoDbReadCapacityHour' },
  write: { unit: 'dynamoDbWriteRequestUnit', hour: 'dynamoDbWriteCapacityHour' },
} as const;
const ACCESSES = ['write', 'read'] as const;
type Access = (typeof ACCESSES)[number];

/** Tables and indexes: request or capacity units, storage, backup. */
export function tableRows(billed: Billed): Row[] {
  const { facts, usage } = billed;
  const size = named('GB stored', storedGb(billed), 'GB');
  return [
    ...facts.tables.flatMap((table) =>
      ACCESSES.map((access): Row => {
        const units = table[access].mode === 'onDemand' ? usage.total(unitsOf(table, access)) : figure(0);
        return ['tables', `${measuredNameOf(table)}: ${access} units`, [units, PRICES[access].unit]];
      }),
    ),
    ...billed.flows.functionServices.flatMap((flow) =>
      ACCESSES.map((access): Row => {
        const table = topology.services[flow.service].table ?? flow.service;
        return ['tables', `${table}: ${access} units`, [flow[access], PRICES[access].unit]];
      }),
    ),
    ...ACCESSES.map((access): Row => ['tables', `${access} capacity`, capacityCost(billed, access)]),
    ['tables', 'Readiness checks', backgroundCost(billed, readinessUnits(billed))],
    ['tables', 'Sweeps for overdue holds', backgroundCost(billed, sweepUnits(billed))],
    ['tables', 'Searches by name', backgroundCost(billed, searchUnits(billed))],
    ['tables', 'Storage', [size, 'dynamoDbStorageGb']],
    ['tables', 'Point-in-time recovery', [facts.isBackedUp ? size : figure(0), 'dynamoDbBackupGb']],
    ...backupRows(billed, size),
  ];
}

/** Backups by AWS Backup: each is a full one. Copies are billed to the other account, and their way to another region to this one. */
function backupRows({ facts: { backups }, pricing: { region } }: Billed, size: Figure): Row[] {
  if (!backups) return [];
  const copiesPerDay = sumOf(Object.entries(backups.copiesPerDayTo), ([to, copies]) =>
    to === region ? 0 : copies,
  );
  const copiesPerMonth = times(figure(copiesPerDay, 'a day'), figure(assumptions.daysOfMonth, 'days'));
  return [
    ['tables', 'Backups', [times(figure(backups.own, 'backups'), size), 'backupWarmGb']],
    [
      'tables',
      'Backups, copies in another account',
      [times(figure(backups.copies, 'copies'), size), 'backupWarmGb'],
    ],
    ['tables', 'Backups, copies to another region', [times(copiesPerMonth, size), 'backupTransferGb']],
  ];
}

const unitsOf =
  (table: TableFacts, access: Access): Quantity =>
  (consumption) =>
    consumption[access][measuredNameOf(table)] ?? 0;

/** Auto scaling keeps the utilization at its target, and the capacity at or above the minimum. */
function capacityCost({ facts, usage, pricing }: Billed, access: Access): Cost {
  const unitHours = usage.overPhases(({ hours, rate }) => {
    const capacities = facts.tables.flatMap((table) => {
      const capacity = table[access];
      if (capacity.mode !== 'provisioned') return [];
      const [min, used] = [figure(capacity.min), rate(unitsOf(table, access), 'units/s')];
      return used.value === 0 ? min : atLeast(min, dividedBy(used, figure(capacity.target)));
    });
    return times(hours, plus(...capacities));
  });
  return [unitHours, PRICES[access].hour, times(pricing.freeTierOf('dynamoDbCapacityUnits'), HOURS)];
}

/** Cost of reads in addition to those of requests. */
function backgroundCost({ facts }: Billed, units: Figure): Cost {
  return facts.tables.some(({ read }) => read.mode === 'provisioned')
    ? [dividedBy(units, figure(3_600, 's/h')), PRICES.read.hour]
    : [units, PRICES.read.unit];
}

/** Units of an eventually consistent read of an item of at most 4 KB, and the bytes of a list that such a read unit has. */
const READ_BY_ID = 0.5;
const LISTED_BYTES = 8_192;

const perHour = (seconds: number) => dividedBy(figure(3_600, 's/h'), figure(seconds, 's'));

/** Each node of the load balancer checks each task. */
function readinessUnits({ facts, usage, measured }: Billed): Figure {
  const checks = Object.entries(facts.services).flatMap(([service, { readinessIntervalSeconds }]) => {
    if (readinessIntervalSeconds === undefined) return [];
    const nodes = figure(facts.balancers.nodes, 'nodes');
    const units = figure(serviceMeasurement(measured, service).readinessReadUnits);
    return [times(usage.taskHoursOf(service), nodes, perHour(readinessIntervalSeconds), units)];
  });
  return plus(...checks);
}

/** Each task of Product sweeps for overdue holds. */
function sweepUnits({ usage, measured }: Billed): Figure {
  const units = sumOf(Object.values(measured.holds.sweep.read), (units) => units);
  const hours = usage.taskHoursOf(topology.tables.products.owner);
  return times(hours, perHour(assumptions.sweepSeconds), figure(units));
}

/** Products that searches return, and the index of names that each task of Product has in memory. */
function searchUnits({ usage, measured }: Billed): Figure {
  const { shareOfLists, productsPerPage, rebuildSeconds } = assumptions.searches;
  const list = measured.operations['list products'];
  const lists = usage.total((consumption) => (consumption === list ? 1 : 0));
  if (lists.value === 0) return figure(0);
  const perSearch = times(figure(productsPerPage + 1), figure(READ_BY_ID, 'units'));
  const bytes = Math.max(
    ...Object.values(measured.operations).map(({ indexBytes }) => indexBytes['product'] ?? 0),
  );
  const rebuild = dividedBy(
    times(figure(assumptions.products), figure(bytes, 'bytes')),
    figure(LISTED_BYTES, 'bytes/unit'),
  );
  const hours = usage.taskHoursOf(topology.tables.products.owner);
  return plus(times(lists, figure(shareOfLists), perSearch), times(hours, perHour(rebuildSeconds), rebuild));
}

function storedGb({ usage, measured, flows }: Billed): Figure {
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
  return dividedBy(
    plus(...retained, ...catalog, ...flows.functionServices.map(({ storedBytes }) => storedBytes)),
    BYTES_PER_GB,
  );
}
