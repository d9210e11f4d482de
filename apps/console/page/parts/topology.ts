import { type ServiceName, serviceNames } from '@tandem/contracts/topology';

/** Typed keys of a record. */
export function keys<K extends string>(record: Readonly<Partial<Record<K, unknown>>>): K[] {
  return Object.keys(record) as K[];
}

/** Number of accent colours in base.css. */
const ACCENTS = 4;

/** CSS class that sets the accent colour of a service. */
export function accentOf(service: ServiceName): string {
  return `accent-${(serviceNames.indexOf(service) % ACCENTS) + 1}`;
}
