import { urlOf } from '@tandem/chassis/service';
import { isLoopback } from '@tandem/cli/loopback';

/** Where the services, and SNS and SQS, listen: never at an address that other machines reach. */
export function innerHostOf(host: string): string {
  return isLoopback(host) ? host : '127.0.0.1';
}

/** The host for URLs of the gateway on this machine: of all interfaces, the loopback. */
export function reachableHostOf(host: string): string {
  const { hostname } = new URL(urlOf(host, 0));
  if (hostname === '0.0.0.0') return '127.0.0.1';
  return hostname === '[::]' ? '::1' : host;
}

/** Warning of what other machines reach; undefined if they reach nothing. */
export function exposureOf(host: string, port: string): string | undefined {
  if (isLoopback(host)) return undefined;
  return `Warning: HOST=${host} lets other machines reach the gateway (port ${port}, without TLS): the APIs and the console. Sign-in and operator actions of the console work on this machine only; services, SNS and SQS stay on 127.0.0.1.`;
}
