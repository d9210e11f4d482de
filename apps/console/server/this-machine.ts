import { DomainError } from '@tandem/chassis/errors';
import { isLoopback } from '@tandem/cli/loopback';
import type { FastifyRequest } from 'fastify';

type Peer = Pick<FastifyRequest, 'headers'> & {
  readonly socket: {
    readonly remoteAddress?: string | undefined;
    readonly localAddress?: string | undefined;
  };
};

/** Headers of a proxy on this machine that forwards a request of another one. */
const PROXY_HEADERS = ['forwarded', 'x-forwarded-for', 'x-real-ip'] as const;

/** Whether a request comes from this machine: by the loopback, or from the address that it was sent to. */
export function isFromThisMachine({ headers, socket: { remoteAddress = '', localAddress } }: Peer): boolean {
  if (PROXY_HEADERS.some((name) => headers[name] !== undefined)) return false;
  return isLoopback(remoteAddress) || remoteAddress === localAddress;
}

/** Rejects a request of another machine: the gateway has no TLS, so that a token that it sends could be read on the way. */
export function requireThisMachine(peer: Peer): void {
  if (isFromThisMachine(peer)) return;
  throw new DomainError(
    'forbidden',
    'this-machine-only',
    'Sign-in and operator actions work on the machine that runs the system only. Open the console there.',
  );
}
