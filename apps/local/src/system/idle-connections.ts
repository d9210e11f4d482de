import type { Server, Socket } from 'node:net';

/** Time within which a connection with a request has received its first byte. */
const IDLE_MS = 1_000;

/**
 * Tracks connections that never received a byte: browsers open some in advance. Node counts them as active, so that a closing
 * server would wait for them.
 */
export function trackIdleConnections(server: Server) {
  const openedAt = new Map<Socket, number>();
  server.on('connection', (socket: Socket) => {
    openedAt.set(socket, performance.now());
    socket.once('close', () => void openedAt.delete(socket));
  });
  return {
    /** Closes those that have been open for a second. */
    end: () => {
      for (const [socket, at] of openedAt)
        if (socket.bytesRead === 0 && performance.now() - at > IDLE_MS) socket.destroy();
    },
  };
}
