import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PriceList } from './price-list.ts';

export const PRICES_FILE = join(import.meta.dirname, '../prices/us-east-1.json');

export function readPrices(): PriceList {
  return JSON.parse(readFileSync(PRICES_FILE, 'utf8')) as PriceList;
}
