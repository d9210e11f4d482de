import { linkMessageOf, type LinkMessage } from '@tandem/console/link';
import type { Child } from './child.ts';

/** Routes the messages of the console between processes, by name. */
export interface ConsoleRouter {
  /** Routes a message of a process to its recipients; returns false for any other message. */
  route(name: string, sent: unknown): boolean;
  /** First message for a process that starts, so that it never runs without the active faults. */
  readonly greeting: () => object;
}

/** Creates the router of the processes, which may be added later. */
export function createConsoleRouter(all: ReadonlyMap<string, Child>): ConsoleRouter {
  const gateway = () => all.get('gateway');
  let latest: LinkMessage & { kind: 'faults' } = { kind: 'faults', id: '', faults: [] };
  /** Processes that have not confirmed the latest faults. */
  const unconfirmed = new Set<string>();
  const envelope = (console: LinkMessage) => ({ console });

  return {
    greeting: () => envelope(latest),
    route(name, sent) {
      const message = linkMessageOf(sent);
      if (message?.kind === 'telemetry') gateway()?.send(envelope(message));
      if (message?.kind === 'kill') void all.get(message.service)?.kill('SIGKILL');
      if (message?.kind === 'faults') {
        latest = message;
        for (const [other, child] of all) {
          if (other === 'gateway') continue;
          unconfirmed.add(other);
          child.send(envelope(message));
        }
      }
      if (message?.kind === 'faultsSet' && message.id === latest.id) {
        unconfirmed.delete(name);
        if (unconfirmed.size === 0) gateway()?.send(envelope(message));
      }
      return message !== undefined;
    },
  };
}
