import { flag, logLevel, port, telemetryVariables } from '@tandem/chassis/config';
import { loadVariables, rateLimit } from '@tandem/chassis/limits';
import { mapServices, type ServiceName, serviceNames, titleOf } from '@tandem/contracts/topology';
import { defaultPort } from '@tandem/runtime/define-service';
import { z } from 'zod';
import { services } from './services.ts';

type PortVariable = `${Uppercase<ServiceName>}_PORT`;

/** The environment variable with the port of a service: `PRODUCT_PORT`. */
export function portVariable(service: ServiceName): PortVariable {
  return `${variablePrefix(service)}_PORT`;
}

/** The name of a service as environment variables begin with it. */
export function variablePrefix(service: ServiceName): Uppercase<ServiceName> {
  return service.toUpperCase().replaceAll('-', '_') as Uppercase<ServiceName>;
}

const ports = Object.fromEntries(
  serviceNames.map((service) => [
    portVariable(service),
    port.default(defaultPort(service)).describe(`Port of the ${titleOf(service)} service`),
  ]),
) as Record<PortVariable, z.ZodDefault<typeof port>>;

const ownVariables = {
  PORT: port
    .default(8080)
    .describe('Port of the gateway. For this and all other ports, 0 takes any free port'),
  ...ports,
  AWS_PORT: port.default(4566).describe('Port of the SNS and SQS endpoint'),
  HOST: z.string().default('127.0.0.1').describe('Address to listen on'),
  DATA_DIR: z.string().default('.data').describe('Directory of the stored state'),
  EPHEMERAL: flag.default(false).describe('1 keeps all state in memory, so that nothing is stored'),
  SEED: flag.default(true).describe('Create the demo products at the first start; 0 for none'),
  LOG_LEVEL: logLevel.default('warn').describe('Minimum log level'),
  RATE_LIMIT: rateLimit
    .default(0)
    .describe(
      'Requests per second of one client, by the subject of its token or else its address; 0 for no limit',
    ),
  ...loadVariables,
  ...telemetryVariables,
  EMF: telemetryVariables.EMF.unwrap()
    .default(false)
    .describe('Write metrics to the log in CloudWatch embedded metric format, as on AWS'),
};

const serviceVariables: Record<string, z.core.$ZodType> = Object.assign(
  {},
  ...Object.values(mapServices((service) => services[service].variables)),
);

/** Environment variables of `npm start`: those of the local system, then those of each service. */
export const localConfig = z.object({ ...ownVariables, ...serviceVariables });

/** The configuration of the local system; it also holds the values of the services' own variables. */
export type LocalConfig = z.output<typeof localConfig>;

/** Environment variables that give each part any free port, so that several systems can run at once. */
export const anyPorts: Readonly<Record<string, string>> = Object.fromEntries(
  ['PORT', 'AWS_PORT', ...serviceNames.map(portVariable)].map((variable) => [variable, '0']),
);
