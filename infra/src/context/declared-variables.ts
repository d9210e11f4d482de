import { existsSync } from 'node:fs';
import { mapServicesAsync, type ServiceName } from '@tandem/contracts/topology';
import { z } from 'zod';

/** Variables by name, each with its default in the spelling of an environment, or undefined if there is none. */
export type DeclaredVariables = Readonly<Record<string, string | undefined>>;

/** Environment variables that the configuration of each service declares: all that infra reads from a service's code. */
export const declaredVariables = await mapServicesAsync(variablesOf);

/** Reads the schema that `services/NAME/src/config.ts` exports. A service without that module declares no variables. */
async function variablesOf(service: ServiceName): Promise<DeclaredVariables> {
  const module = new URL(`../../../services/${service}/src/config.ts`, import.meta.url);
  if (!existsSync(module)) return {};
  const exported = Object.values((await import(module.href)) as object);
  const schema = exported.find((value) => value instanceof z.ZodObject);
  if (!schema) throw new Error(`services/${service}/src/config.ts exports no schema.`);
  const variables: [string, z.ZodType<string | number | boolean>][] = Object.entries(schema.shape);
  return Object.fromEntries(
    variables.map(([name, variable]) => {
      const { data } = variable.safeParse(undefined);
      return [name, data === undefined ? undefined : String(data)];
    }),
  );
}
