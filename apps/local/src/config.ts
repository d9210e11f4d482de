import { corsVariables, flag, logLevel, port, telemetryVariables } from '@tandem/chassis/config';
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

const runServices = z
  .string()
  .transform((list) => list.split(',').map((name) => name.trim()))
  .superRefine((names, context) => {
    const unknown = names.filter((name) => !serviceNames.some((service) => service === name));
    const message = `"${unknown[0]}" is no service. Use ${serviceNames.join(', ')}`;
    if (unknown.length > 0) context.addIssue({ code: 'custom', message });
  })
  .transform((names) => serviceNames.filter((service) => names.includes(service)));

const traceUrlTemplate = z
  .string()
  .refine(
    (url) => /^https?:$/.test(URL.parse(url)?.protocol ?? '') && url.includes('{traceId}'),
    'is not an http URL that contains {traceId}',
  );

const ownVariables = {
  SERVICES: runServices
    .default([...serviceNames])
    .describe('Services to run, separated by commas; events to the others are dropped'),
  PORT: port
    .default(8080)
    .describe('Port of the gateway. For this and all other ports, 0 takes any free port'),
  ...ports,
  AWS_PORT: port.default(4566).describe('Port of the SNS and SQS endpoint'),
  HOST: z
    .string()
    .default('127.0.0.1')
    .describe(
      'Address of the gateway; one that other machines reach exposes the gateway only: services, SNS and SQS stay on 127.0.0.1',
    ),
  DATA_DIR: z.string().default('.data').describe('Directory of the stored state'),
  EPHEMERAL: flag.default(false).describe('1 keeps all state in memory, so that nothing is stored'),
  SEED: flag.default(true).describe('Create the demo products at the first start; 0 for none'),
  LOG_LEVEL: logLevel.default('warn').describe('Minimum log level'),
  RATE_LIMIT: rateLimit
    .default(0)
    .describe(
      'Rate limit of one client (the subject of its token, else its address) in cost units a second, each for reads (a read costs 1) and for writes (5 or more); 0 for no limit',
    ),
  ...corsVariables,
  ...loadVariables,
  ...telemetryVariables,
  TRACE_URL_TEMPLATE: traceUrlTemplate
    .optional()
    .describe(
      'Page of a trace at the backend of the collector, to which the console links, such as http://localhost:16686/trace/{traceId}; default: no link',
    ),
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

/** Link template to the page of a trace at the backend; null unless spans are exported and it is set. */
export function traceUrlOf(config: {
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  readonly TRACE_URL_TEMPLATE?: string | undefined;
}): string | null {
  return (config.OTEL_EXPORTER_OTLP_ENDPOINT && config.TRACE_URL_TEMPLATE) || null;
}

/** The configuration of the local system; it also holds the values of the services' own variables. */
export type LocalConfig = z.output<typeof localConfig>;

/** Environment variables that give each part any free port, so that several systems can run at once. */
export const anyPorts: Readonly<Record<string, string>> = Object.fromEntries(
  ['PORT', 'AWS_PORT', ...serviceNames.map(portVariable)].map((variable) => [variable, '0']),
);
