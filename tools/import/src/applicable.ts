import { usageError } from '@tandem/cli/command';
import type { SourceOptions } from './source.ts';

type Option = keyof SourceOptions;

/** Options that do not apply to a kind of file, with the reason. */
const inapplicable = {
  '.json': {
    currency: 'its products name their currency',
    decimal: 'its prices are in minor units',
    delimiter: 'it has no columns',
    inventory: 'its products name their inventory',
    map: 'its fields are those of the API',
  },
  XML: { delimiter: 'it has no columns, but elements' },
  'UCI Online Retail': { inventory: 'its stock is the number of units sold' },
} as const satisfies Readonly<Record<string, Readonly<Partial<Record<Option, string>>>>>;

/** Throws a usage error for an option that would be ignored; `name` is what the error calls the file's kind. */
export function assertApplicable(
  kind: keyof typeof inapplicable,
  options: SourceOptions,
  name: string = kind,
): void {
  for (const [option, reason] of Object.entries(inapplicable[kind])) {
    const value = options[option as Option];
    const isGiven = typeof value === 'object' ? Object.keys(value).length > 0 : value !== undefined;
    if (isGiven) throw usageError(`--${option} does not apply to ${name}: ${reason}`);
  }
}
