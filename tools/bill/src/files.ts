import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Facts } from './facts.ts';
import type { MeasuredFile } from './measurement.ts';
import type { PriceList } from './price-list.ts';

const directory = join(import.meta.dirname, '..');

/** Cost-relevant facts of the stacks of production; written by `npm run bill -- --write-facts`. */
export const FACTS_FILE = join(directory, 'facts.json');
/** Measured consumption; written by `npm run measure`. */
export const MEASURED_FILE = join(directory, 'measured.json');

const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

export const readFacts = () => read(FACTS_FILE) as Facts;
export const readMeasured = () => read(MEASURED_FILE) as MeasuredFile;
export const readPrices = () => read(join(directory, 'prices/us-east-1.json')) as PriceList;
