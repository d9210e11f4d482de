import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { ServiceName } from '@tandem/contracts/topology';
import type { CloudWatch } from './cloudwatch.ts';

export interface ObserveRequestsOptions {
  readonly cloudWatch: CloudWatch;
  /** Full names of the load balancer, and of the target group of each service. */
  readonly loadBalancer: string;
  readonly targetGroups: ReadonlyMap<ServiceName, string>;
  /** URLs to which the gateway forwards the requests of each service. */
  readonly upstreams: Readonly<Record<ServiceName, string>>;
}

/**
 * Records the load balancer metrics of the gateway, by Node.js diagnostics of the requests that it forwards. If a request
 * cannot be forwarded, the gateway itself responds with 503.
 */
export function observeRequests({
  cloudWatch,
  loadBalancer,
  targetGroups,
  upstreams,
}: ObserveRequestsOptions): Disposable {
  const groups = new Map(
    [...targetGroups].map(([service, group]) => [new URL(upstreams[service]).host, group]),
  );
  const begun = new WeakMap<ClientRequest, number>();
  const groupOf = (request: ClientRequest) => groups.get(String(request.getHeader('host')));
  const ofTargets = (name: string, targetGroup: string, value: number) =>
    cloudWatch.record(
      'AWS/ApplicationELB',
      name,
      { LoadBalancer: loadBalancer, TargetGroup: targetGroup },
      value,
    );
  const ofBalancer = (name: string, value: number) =>
    cloudWatch.record('AWS/ApplicationELB', name, { LoadBalancer: loadBalancer }, value);

  const listeners = {
    'http.client.request.start': ({ request }: { request: ClientRequest }) => {
      begun.set(request, performance.now());
    },
    'http.client.response.finish': (finished: { request: ClientRequest; response: IncomingMessage }) => {
      const group = groupOf(finished.request);
      if (group === undefined) return;
      const { statusCode = 0 } = finished.response;
      ofTargets('RequestCount', group, 1);
      ofBalancer('RequestCount', 1);
      const at = begun.get(finished.request) ?? Number.NaN;
      ofTargets('TargetResponseTime', group, (performance.now() - at) / 1_000);
      // Counts of responses are published only if there are any.
      if (statusCode >= 500) ofTargets('HTTPCode_Target_5XX_Count', group, 1);
    },
    'http.client.request.error': ({ request, error }: { request: ClientRequest; error: Error }) => {
      const group = groupOf(request);
      if (group === undefined) return;
      ofBalancer('HTTPCode_ELB_5XX_Count', 1);
      if ('code' in error && error.code === 'ECONNREFUSED') {
        ofTargets('TargetConnectionErrorCount', group, 1);
        ofBalancer('TargetConnectionErrorCount', 1);
      }
    },
  };
  const subscribed = Object.entries(listeners).map(([channel, listener]) => {
    const onMessage = (message: unknown) => listener(message as never);
    subscribe(channel, onMessage);
    return () => unsubscribe(channel, onMessage);
  });
  return {
    [Symbol.dispose]() {
      for (const end of subscribed) end();
    },
  };
}
