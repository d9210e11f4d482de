import type { Server, Socket } from 'node:net';

/** Time within which a connection with a request has received its first byte. */
const IDLE_MS = 1_000;

/** Connections of a server that never received a byte. */
export interface IdleConnections {
  /** Closes those that have been open for a second. */
  readonly end: () => void;
}

/**
 * Tracks connections that never received a byte: browsers open some in advance. Node counts them as active, so that a closing
 * server would wait for them.
 */
export function trackIdleConnections(server: Server): IdleConnections {
  const openedAt = new Map<Socket, number>();
  server.on('connection', (socket: Socket) => {
    openedAt.set(socket, performance.now());
    socket.once('close', () => void openedAt.delete(socket));
  });
  return {
    end() {
      for (const [socket, at] of openedAt) {
        const isIdle = socket.bytesRead === 0 && performance.now() - at > IDLE_MS;
        if (isIdle) socket.destroy();
      }
    },
  };
}
