import type { Facts } from './facts.ts';
import type { Measurement } from './measurement.ts';
import { scenarios } from './traffic.ts';
import { measuredNameOf, usageOf } from './usage.ts';

/** Read and write units a second by table and index. */
export type UnitsByTable = Readonly<Record<string, { readonly read: number; readonly write: number }>>;

/**
 * Units a second at the seed's peak of each table of a service that runs as tasks, and of its indexes: infra's preset `steady`
 * derives its minimums from them.
 */
export function peakUnitsOf(facts: Facts, measured: Measurement): UnitsByTable {
  const scenario = scenarios.find(({ name }) => name === 'sustained-peak');
  const [phase] = scenario ? usageOf(scenario, measured, facts).phases : [];
  if (!phase) throw new Error('There is no scenario sustained-peak with a phase.');
  const unitsOf = (name: string, access: 'read' | 'write') => {
    const { value } = phase.rate((consumption) => consumption[access][name] ?? 0);
    return Number(value.toFixed(1));
  };
  const names = facts.tables.map(measuredNameOf);
  const used = names.map(
    (name) => [name, { read: unitsOf(name, 'read'), write: unitsOf(name, 'write') }] as const,
  );
  return Object.fromEntries(used.filter(([, { read, write }]) => read + write > 0));
}
