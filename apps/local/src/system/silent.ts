import type { Server, Socket } from 'node:net';

/** A connection on which a request is under way takes less than this to say so. */
const SILENT_MS = 1_000;

export interface SilentConnections {
  /** Ends those that have been silent for a second. */
  readonly end: () => void;
}

/**
 * Knows a server's connections on which nothing was ever said: browsers open some ahead of need. Node takes them for busy
 * ones, so that a server waits for them when it closes.
 */
export function watchSilent(server: Server): SilentConnections {
  const since = new Map<Socket, number>();
  server.on('connection', (socket: Socket) => {
    since.set(socket, performance.now());
    socket.once('close', () => void since.delete(socket));
  });
  return {
    end() {
      for (const [socket, at] of since) {
        const isSilent = socket.bytesRead === 0 && performance.now() - at > SILENT_MS;
        if (isSilent) socket.destroy();
      }
    },
  };
}
