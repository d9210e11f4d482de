import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Facts, Preset } from './facts.ts';
import type { MeasuredFile } from './measurement.ts';
import type { UnitsByTable } from './peak-units.ts';
import type { PriceList } from './price-list.ts';

const directory = join(import.meta.dirname, '..');

/**
 * Cost-relevant facts of the stacks of production by the preset of its capacity, and units at the peak; written by `npm run bill -- --write-facts`.
 */
export const FACTS_FILES = {
  onDemand: join(directory, 'facts.json'),
  steady: join(directory, 'facts-steady.json'),
} as const satisfies Record<Preset, string>;
export const PEAK_UNITS_FILE = join(directory, 'peak-units.json');
/** Measured consumption; written by `npm run measure`. */
export const MEASURED_FILE = join(directory, 'measured.json');

const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

/** Facts of the stacks with a preset of the tables' capacity; default: that of production. */
export const readFacts = (preset: Preset = 'onDemand') => read(FACTS_FILES[preset]) as Facts;
export const readPeakUnits = () => read(PEAK_UNITS_FILE) as UnitsByTable;
export const readMeasured = () => read(MEASURED_FILE) as MeasuredFile;
export const readPrices = () => read(join(directory, 'prices/us-east-1.json')) as PriceList;
