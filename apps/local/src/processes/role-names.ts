import { type Principal, publishers, type ServiceName, serviceNames } from '@tandem/contracts/topology';

/** Role of a process: a service, the relay of one that publishes, or what all of them share. */
export type Role = Principal | 'messaging' | 'gateway';

/** Roles of a system with these services, in groups that stop together, dependents first; they start in the reverse order. */
export function roleGroupsOf(services: readonly ServiceName[]): readonly (readonly Role[])[] {
  const relays = publishers
    .filter(([service]) => services.includes(service))
    .map(([service]) => `${service}-relay` as const);
  return [['gateway'], services, relays, ['messaging']];
}

/** Role groups of a system with all services. */
export const roleGroups: readonly (readonly Role[])[] = roleGroupsOf(serviceNames);
