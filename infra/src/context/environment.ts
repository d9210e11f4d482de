import { type QueueName, type ServiceName, topology } from '@tandem/contracts/topology';
import type { Names } from '../names.ts';
import type { Settings } from '../settings.ts';

const DAY = 24 * 60 * 60;
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

/** Complete environment of a service, including defaults, so that the task definition shows the effective configuration. */
export function serviceEnvironment(
  service: ServiceName,
  { settings, names, port }: EnvironmentProps,
): Record<string, string> {
  const { auth, egress, task } = settings;
  const isDualStack = egress === 'ipv6';
  const { table } = topology.relays[service];
  const { snapshots } = topology.services[service];
  return {
    PORT: String(port),
    HOST: isDualStack ? '::' : '0.0.0.0',
    LOG_LEVEL: 'info',
    TABLE_NAME: names.of(table),
    QUEUE_URL: names.queueUrl(queueOf(service), { isDualStack }),
    AUTH_ISSUER: auth.issuer,
    AUTH_AUDIENCE: auth.audience,
    AUTH_JWKS_URL: auth.jwksUrl,
    ...telemetryEnvironment(settings, { hasSecrets: true }),
    RECEIVE_PAUSE_MS: '1000',
    RATE_LIMIT: '50',
    MAX_IN_FLIGHT: '32',
    MAX_WAITING: '400',
    PROXY_HOPS: '1',
    ...(service === 'product' ? { READ_CACHE_MS: '1000', HOLD_SECONDS: String(settings.holdSeconds) } : {}),
    ...(snapshots ? { TOPIC_ARN: names.topicArn(snapshots.topic) } : {}),
    ...(service === 'cart'
      ? { GUEST_CART_TTL_SECONDS: String(7 * DAY), USER_CART_TTL_SECONDS: String(30 * DAY) }
      : {}),
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

function queueOf(service: ServiceName): QueueName {
  const queues = Object.keys(topology.queues) as QueueName[];
  const [queue, ...rest] = queues.filter((name) => topology.queues[name].consumer === service);
  if (queue === undefined || rest.length > 0) throw new Error(`${service} must consume exactly one queue`);
  return queue;
}
