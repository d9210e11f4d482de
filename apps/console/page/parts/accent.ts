import { type ServiceName, serviceNames } from '@tandem/contracts/topology';

/** Number of accent colours in base.css. */
const ACCENTS = 4;

/** CSS class that sets the accent colour of a service. */
export function accentOf(service: ServiceName): string {
  return `accent-${(serviceNames.indexOf(service) % ACCENTS) + 1}`;
}
