import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { DomainError } from '@tandem/chassis/errors';

const listenFaults: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use',
  EACCES: 'needs more privileges',
  EADDRNOTAVAIL: 'is not available at this HOST',
};

/** Starts a server on a port; rejects with a DomainError that names the variable to change where the port is unavailable. */
export async function claimPort<T>(variable: string, port: number, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (cause) {
    const fault = listenFaults[(cause as NodeJS.ErrnoException).code ?? ''];
    if (fault === undefined) throw cause;
    const message = `port ${port} ${fault}: choose another with ${variable} (0 takes any free one)`;
    throw new DomainError('conflict', 'port-unavailable', message, { cause });
  }
}

/** Below the ephemeral ports: an outgoing connection cannot take such a port while its process restarts. */
const [FIRST_PORT, LAST_PORT] = [20_000, 32_000];

/**
 * Creates a function that resolves to a port that is free now: the requested one, or any for 0, which is never the same twice:
 * between the search and the start of its process, a second search would find it free as well. Rejects with a DomainError if
 * the requested port is unavailable, or if a hundred others are.
 */
export function createPortFinder(randomPort = () => randomInt(FIRST_PORT, LAST_PORT)) {
  const assigned = new Set<number>();
  const isFree = async (port: number, host: string) => {
    const server = createServer().listen(port, host);
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
  };
  const nextPort = () => {
    for (;;) {
      const port = randomPort();
      if (!assigned.has(port)) return port;
    }
  };
  return async (variable: string, requested: number, host: string): Promise<string> => {
    for (let tries = 1; ; tries++) {
      const port = requested || nextPort();
      assigned.add(port);
      try {
        await claimPort(variable, port, () => isFree(port, host));
        return String(port);
      } catch (error) {
        if (requested !== 0 || tries === 100) throw error;
      }
    }
  };
}
