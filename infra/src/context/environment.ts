import { directTopicOf, type ServiceName, topology } from '@tandem/contracts/topology';
import type { Names } from '../names.ts';
import type { Settings } from '../settings.ts';
import { declaredVariables } from './declared-variables.ts';
import { traceEndpoint } from '../traces-setting.ts';

/** Memory of the task that the image's own `NODE_OPTIONS` fit. */
const IMAGE_MEMORY_MIB = 512;
const SEMI_SPACE_MIB = 16;
/** Memory besides the heap: code, Node.js and buffers. It does not grow with the task, as the number of requests is limited. */
const NON_HEAP_MIB = 144;

export interface EnvironmentProps {
  readonly settings: Settings;
  readonly names: Names;
  readonly port: number;
}

/** Variables that follow from the settings, in the tasks or functions of the services whose configuration declares them. */
const variablesOfSettings: Readonly<Record<string, (settings: Settings) => string | undefined>> = {
  AUTH_ISSUER: ({ auth }) => auth.issuer.join(),
  AUTH_AUDIENCE: ({ auth }) => auth.audience.join(),
  AUTH_JWKS_URL: ({ auth }) => auth.jwksUrl,
  AUTH_SCOPE_CLAIMS: ({ auth }) => auth.scopeClaims?.join(),
  AUTH_SCOPES: ({ auth }) =>
    Object.entries(auth.scopes)
      .flatMap(([scope, names]) => names.map((name) => `${scope}=${name}`))
      .join() || undefined,
  AUTH_MAX_TOKEN_SECONDS: ({ auth }) => auth.maxTokenSeconds?.toString(),
  // The load balancer, and CloudFront in front of it: each appends the address that it got the request from.
  PROXY_HOPS: ({ cloudFront }) => (cloudFront ? '2' : '1'),
  CORS_ORIGINS: ({ corsOrigins }) => corsOrigins.join(),
  HOLD_SECONDS: ({ holdSeconds }) => String(holdSeconds),
};

/** Complete environment of a service, including defaults, so that the task definition shows the effective configuration. */
export function serviceEnvironment(
  service: ServiceName,
  { settings, names, port }: EnvironmentProps,
): Record<string, string> {
  const { egress, task } = settings;
  const isDualStack = egress === 'ipv6';
  return {
    ...commonEnvironment(service, { settings, names, isDualStack }),
    PORT: String(port),
    HOST: isDualStack ? '::' : '0.0.0.0',
    ...telemetryEnvironment(settings, { hasSecrets: true }),
    ...(task.memoryMiB === IMAGE_MEMORY_MIB ? {} : { NODE_OPTIONS: heapOptions(task.memoryMiB) }),
    ...settings.environment[service],
    ...(isDualStack ? { AWS_USE_DUALSTACK_ENDPOINT: 'true' } : {}),
  };
}

/** Complete environment of the functions of a service: that of its tasks without an address to listen on. They are in no network. */
export function functionEnvironment(
  service: ServiceName,
  { settings, names }: Omit<EnvironmentProps, 'port'>,
): Record<string, string> {
  const {
    PORT: _port,
    HOST: _host,
    ...common
  } = commonEnvironment(service, {
    settings,
    names,
    isDualStack: false,
  });
  return {
    ...common,
    ...telemetryEnvironment(settings, { hasSecrets: false }),
    ...settings.environment[service],
  };
}

/** Declared variables with their values or defaults, and the addresses of the table, queues and topic. */
function commonEnvironment(
  service: ServiceName,
  { settings, names, isDualStack }: Omit<EnvironmentProps, 'port'> & { readonly isDualStack: boolean },
): Record<string, string> {
  const { table, queues } = topology.services[service];
  const directTopic = directTopicOf(service);
  const declared = Object.entries(declaredVariables[service]).flatMap(([name, byDefault]) => {
    const value = variablesOfSettings[name]?.(settings) ?? byDefault;
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(declared),
    ...(table ? { TABLE_NAME: names.of(table) } : {}),
    ...(queues.length > 0
      ? { QUEUE_URLS: queues.map((queue) => names.queueUrl(queue, { isDualStack })).join() }
      : {}),
    ...(directTopic ? { TOPIC_ARN: names.topicArn(directTopic) } : {}),
  };
}

/** Heap options by the memory of a task: all memory but the rest is heap, an old space and three semi-spaces. */
export function heapOptions(memoryMiB: number): string {
  const oldSpaceMiB = memoryMiB - NON_HEAP_MIB - 3 * SEMI_SPACE_MIB;
  return `--max-old-space-size=${oldSpaceMiB} --max-semi-space-size=${SEMI_SPACE_MIB}`;
}

/**
 * Environment for metrics and traces. Lambda cannot inject secrets, and its configuration would reveal the collector's
 * headers, so that functions export spans only to collectors that need no headers.
 */
export function telemetryEnvironment(settings: Settings, { hasSecrets }: { readonly hasSecrets: boolean }) {
  const endpoint = traceEndpoint(settings);
  const isExporting = endpoint !== undefined && (hasSecrets || endpoint.headersSecretName === undefined);
  return {
    EMF: 'true',
    EMF_NAMESPACE: metricsNamespace(settings.namePrefix),
    OTEL_EXPORTER_OTLP_ENDPOINT: isExporting ? endpoint.url : '',
    OTEL_EXPORTER_OTLP_SIGNED: String(endpoint?.isSigned ?? false),
    OTEL_TRACES_SAMPLER_ARG: String(settings.traces?.share ?? 0),
  };
}

/** CloudWatch namespace of a deployment's own metrics, separate from other deployments in the account. */
export function metricsNamespace(namePrefix: string): string {
  return namePrefix === '' ? 'Tandem' : `Tandem/${namePrefix.replace(/-$/, '')}`;
}
