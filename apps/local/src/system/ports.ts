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
    throw new DomainError(
      'conflict',
      'port-unavailable',
      `port ${port} ${fault}: choose another with ${variable} (0 takes any free one)`,
      { cause },
    );
  }
}
