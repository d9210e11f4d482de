import { mapServicesAsync, type ServiceName } from '@tandem/contracts/topology';
import { describeConfig } from '@tandem/chassis/config';
import { environmentOf, type ServiceDefinition } from '@tandem/runtime/define-service';

/** Variables by name, each with its default in the spelling of an environment, or undefined if there is none. */
export type DeclaredVariables = Readonly<Record<string, string | undefined>>;

/** Environment variables that the definition of each service declares: all that infra reads from a service's code. */
export const declaredVariables = await mapServicesAsync(
  async (service: ServiceName): Promise<DeclaredVariables> => {
    const exported = (await import(`@tandem/${service}/service`)) as { service: ServiceDefinition };
    const variables = describeConfig(environmentOf(exported.service));
    return Object.fromEntries(variables.map(({ name, default: value }) => [name, value]));
  },
);
