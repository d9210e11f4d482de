import { type ServiceName, topology } from '@tandem/contracts/topology';
import type { Names } from '../names.ts';
import type { Settings } from '../settings.ts';
import { declaredVariables } from './declared-variables.ts';

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

/** Variables that follow from the settings, in the tasks of the services whose configuration declares them. */
const variablesOfSettings: Readonly<Record<string, (settings: Settings) => string>> = {
  AUTH_ISSUER: ({ auth }) => auth.issuer,
  AUTH_AUDIENCE: ({ auth }) => auth.audience,
  AUTH_JWKS_URL: ({ auth }) => auth.jwksUrl,
  // The load balancer.
  PROXY_HOPS: () => '1',
  HOLD_SECONDS: ({ holdSeconds }) => String(holdSeconds),
};

/** Complete environment of a service, including defaults, so that the task definition shows the effective configuration. */
export function serviceEnvironment(
  service: ServiceName,
  { settings, names, port }: EnvironmentProps,
): Record<string, string> {
  const { egress, task } = settings;
  const isDualStack = egress === 'ipv6';
  const { table, queues } = topology.services[service];
  const relay = topology.relays[service];
  const declared = Object.entries(declaredVariables[service]).flatMap(([name, byDefault]) => {
    const value = variablesOfSettings[name]?.(settings) ?? byDefault;
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(declared),
    PORT: String(port),
    HOST: isDualStack ? '::' : '0.0.0.0',
    ...(table ? { TABLE_NAME: names.of(table) } : {}),
    ...(queues.length > 0
      ? { QUEUE_URLS: queues.map((queue) => names.queueUrl(queue, { isDualStack })).join() }
      : {}),
    ...(relay?.snapshotQueue ? { TOPIC_ARN: names.topicArn(relay.topic) } : {}),
    ...telemetryEnvironment(settings, { hasSecrets: true }),
    ...(task.memoryMiB === IMAGE_MEMORY_MIB ? {} : { NODE_OPTIONS: heapOptions(task.memoryMiB) }),
    ...settings.environment[service],
    ...(isDualStack ? { AWS_USE_DUALSTACK_ENDPOINT: 'true' } : {}),
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
export function telemetryEnvironment(
  { namePrefix, traces }: Settings,
  { hasSecrets }: { readonly hasSecrets: boolean },
) {
  const isExporting = traces !== undefined && (hasSecrets || traces.headersSecretName === undefined);
  return {
    EMF: 'true',
    EMF_NAMESPACE: metricsNamespace(namePrefix),
    OTEL_EXPORTER_OTLP_ENDPOINT: isExporting ? traces.endpoint : '',
    OTEL_TRACES_SAMPLER_ARG: String(traces?.share ?? 0),
  };
}

/** CloudWatch namespace of a deployment's own metrics, separate from other deployments in the account. */
export function metricsNamespace(namePrefix: string): string {
  return namePrefix === '' ? 'Tandem' : `Tandem/${namePrefix.replace(/-$/, '')}`;
}
