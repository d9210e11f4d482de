import { mapServicesAsync } from '@tandem/contracts/topology';
import type { ServiceDefinition } from '@tandem/runtime/define-service';

/** The definitions of all services: the package `@tandem/NAME` of a service exports it from `src/service.ts`. */
export const services = await mapServicesAsync(async (name) => {
  const { service } = (await import(`@tandem/${name}/service`)) as { service: ServiceDefinition };
  return service;
});
