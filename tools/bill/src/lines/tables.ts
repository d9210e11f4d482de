import { assumptions } from '../assumptions.ts';
import { SERVICES, type TableFacts } from '../facts.ts';
import { atLeast, BYTES_PER_GB, beyond, dividedBy, type Figure, figure, plus, times } from '../formula.ts';
import { type Billed, line, lineInput, type Line } from '../line.ts';
import type { Consumption } from '../measurement.ts';
import { placeOf } from '../usage.ts';

const HOURS = figure(assumptions.hours, 'h');
const KINDS = { read: 'Read', write: 'Write' } as const;
type Kind = keyof typeof KINDS;

/** Lines of tables and indexes: request or capacity units, storage, backup. */
export function tableLines(billed: Billed): Line[] {
  const { facts } = billed;
  const onDemand = facts.tables.flatMap((place) =>
    (['write', 'read'] as const).flatMap((kind) =>
      place[kind].mode === 'onDemand' ? requestUnits(billed, place, kind) : [],
    ),
  );
  const provisioned = (['write', 'read'] as const).flatMap((kind) => capacityUnits(billed, kind));
  return [...onDemand, ...provisioned, readinessChecks(billed), sweeps(billed), ...storage(billed)];
}

const unitsOf = (place: TableFacts, kind: Kind) => (of: Consumption) => of[kind][placeOf(place)] ?? 0;

function requestUnits({ usage, pricing }: Billed, place: TableFacts, kind: Kind): Line[] {
  const units = usage.total(unitsOf(place, kind));
  if (units.value === 0) return [];
  const amount = times(units, pricing.priceOf(`dynamoDb${KINDS[kind]}RequestUnit`));
  return [line('tables', `${placeOf(place)}: ${kind} units`, amount)];
}

/** Auto scaling keeps the utilization at its target, and the capacity at or above the minimum. */
function capacityUnits({ facts, usage, pricing }: Billed, kind: Kind): Line[] {
  const places = facts.tables.flatMap((place) => {
    const capacity = place[kind];
    return capacity.mode === 'provisioned' ? [{ place, capacity }] : [];
  });
  if (places.length === 0) return [];
  const unitHours = usage.overPhases(({ hours, rate }) =>
    times(
      hours,
      plus(
        ...places.map(({ place, capacity: { min, target } }) => {
          const used = rate(unitsOf(place, kind), 'units/s');
          return used.value === 0 ? figure(min) : atLeast(figure(min), dividedBy(used, figure(target)));
        }),
      ),
    ),
  );
  const paid = beyond(unitHours, times(pricing.freeTierOf('dynamoDbCapacityUnits'), HOURS));
  return [
    line('tables', `${kind} capacity`, times(paid, pricing.priceOf(`dynamoDb${KINDS[kind]}CapacityHour`))),
  ];
}

/** Readiness checks of each load balancer node for each task, which reads its table. */
function readinessChecks({ facts, usage, measured, pricing }: Billed): Line {
  const nodes = figure(facts.balancers.nodes, 'nodes');
  const units = SERVICES.map((service) => {
    const taskHours = usage.overPhases(({ hours, tasks }) => times(tasks[service], hours));
    const checks = dividedBy(
      figure(3_600, 's/h'),
      figure(facts.services[service].readinessIntervalSeconds, 's'),
    );
    const read = Object.values(measured.readiness[service].read).reduce((sum, value) => sum + value, 0);
    return times(taskHours, nodes, checks, figure(read));
  });
  return line('tables', 'Readiness checks', pricedReads({ facts, pricing }, plus(...units)));
}

/** Sweeps of each Product task for overdue holds, in the index of holds. */
function sweeps({ facts, usage, measured, pricing }: Billed): Line {
  const taskHours = usage.overPhases(({ hours, tasks }) => times(tasks.product, hours));
  const each = dividedBy(figure(3_600, 's/h'), figure(assumptions.sweepSeconds, 's'));
  const read = Object.values(measured.holds.sweep.read).reduce((sum, value) => sum + value, 0);
  const units = times(taskHours, each, figure(read));
  return line('tables', 'Sweeps for overdue holds', pricedReads({ facts, pricing }, units));
}

/** Price of background reads, in addition to those of requests. */
function pricedReads({ facts, pricing }: Pick<Billed, 'facts' | 'pricing'>, units: Figure): Figure {
  const isProvisioned = facts.tables.some(({ read }) => read.mode === 'provisioned');
  if (!isProvisioned) return times(units, pricing.priceOf('dynamoDbReadRequestUnit'));
  return times(dividedBy(units, figure(3_600, 's/h')), pricing.priceOf('dynamoDbReadCapacityHour'));
}

function storage({ facts, usage, measured, pricing }: Billed): Line[] {
  const of = Object.values(measured.operations);
  const bytesOf = (kind: string) => {
    const largest = (sums: 'itemBytes' | 'indexBytes') => Math.max(...of.map((it) => it[sums][kind] ?? 0));
    return figure(largest('itemBytes') + largest('indexBytes') + assumptions.itemOverheadBytes, 'bytes');
  };
  const retained = Object.entries(assumptions.keptDays).map(([kind, days]) => {
    const created = usage.total((it) => it.created[kind] ?? 0);
    const months = dividedBy(figure(days, 'days'), figure(assumptions.daysOfMonth));
    return times(figure(created.value, kind), months, bytesOf(kind));
  });
  const catalog = ['product', 'description', 'catalog'].map((kind) =>
    times(figure(assumptions.products), bytesOf(kind)),
  );
  const stored = dividedBy(plus(...retained, ...catalog), BYTES_PER_GB);
  const size = figure(stored.value, 'GB');
  const amounts: [string, Figure][] = [
    [
      'Storage',
      times(beyond(size, pricing.freeTierOf('dynamoDbStorageGb')), pricing.priceOf('dynamoDbStorageGb')),
    ],
    ...(facts.isBackedUp
      ? [['Point-in-time recovery', times(size, pricing.priceOf('dynamoDbBackupGb'))] as [string, Figure]]
      : []),
  ];
  return amounts.map(([item, amount]) => line('tables', item, amount, lineInput('GB stored', stored)));
}
