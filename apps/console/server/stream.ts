import type { ServerResponse } from 'node:http';
import { DomainError } from '@tandem/chassis/errors';
import type { EventBuffer, NumberedStep } from './event-buffer.ts';
import type { State } from './protocol.ts';

const MAX_LISTENERS = 50;
/** Backlog of unread bytes above which a client is disconnected. */
const MAX_UNREAD_BYTES = 1024 * 1024;
/** Maximum of replayed steps for a new client. */
const MAX_REPLAYED_STEPS = 200;
const BATCH_MS = 50;
const STATE_MS = 1_000;
const COMMENT_MS = 15_000;

/** Server-sent events: steps from the event buffer, and the system state. */
export interface Stream {
  /**
   * Responds with the stream; replays the steps after `lastEventId`. Throws a DomainError if too many clients are
   * connected.
   */
  open(response: ServerResponse, lastEventId?: string): void;
  /** Ends all streams permanently. */
  close(): void;
}

export interface StreamOptions {
  readonly eventBuffer: Pick<EventBuffer, 'last' | 'onStep'>;
  readonly state: () => Promise<State>;
}

/** Creates the event stream; its timers run only while clients are connected. */
export function createStream({ eventBuffer, state }: StreamOptions): Stream {
  const listeners = new Set<ServerResponse>();
  /** Id of this run: sequence numbers of steps restart with the process. */
  const epoch = Date.now().toString(36);
  let isClosed = false;
  let batch = '';
  let stopListening = () => undefined as void;

  const sendTo = (response: ServerResponse, text: string) => {
    if (response.writableLength > MAX_UNREAD_BYTES) response.destroy();
    else response.write(text);
  };
  const send = (text: string) => {
    for (const response of listeners) sendTo(response, text);
  };
  const flush = () => {
    if (batch !== '') send(batch);
    batch = '';
  };
  const textOf = ({ number, step }: NumberedStep) =>
    `id: ${epoch}.${number}\nevent: step\ndata: ${JSON.stringify(step)}\n\n`;

  let isPolling = false;
  const sendState = async (write: (text: string) => void) => {
    write(`event: state\ndata: ${JSON.stringify(await state())}\n\n`);
  };
  const tick = async () => {
    if (isPolling) return;
    isPolling = true;
    await sendState(send).finally(() => (isPolling = false));
  };

  const begin = () => {
    const unsubscribe = eventBuffer.onStep((step) => void (batch += textOf(step)));
    const timers = [
      setInterval(flush, BATCH_MS),
      setInterval(() => void tick(), STATE_MS),
      setInterval(() => send(': keep-alive\n\n'), COMMENT_MS),
    ];
    stopListening = () => {
      unsubscribe();
      for (const timer of timers) clearInterval(timer);
      batch = '';
    };
  };

  return {
    open(response, lastEventId = '') {
      if (isClosed || listeners.size >= MAX_LISTENERS) {
        throw new DomainError(
          'unavailable',
          'too-many-listeners',
          'Too many clients are connected to the event stream. Retry later.',
        );
      }
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      if (listeners.size === 0) begin();
      flush();
      listeners.add(response);
      response.once('close', () => {
        listeners.delete(response);
        if (listeners.size === 0) stopListening();
      });
      const [clientEpoch, lastNumber] = lastEventId.split('.');
      const replayed = eventBuffer.last(
        MAX_REPLAYED_STEPS,
        clientEpoch === epoch ? Number(lastNumber) || 0 : 0,
      );
      sendTo(response, `retry: 1000\n\n${replayed.map(textOf).join('')}`);
      void sendState((text) => void (listeners.has(response) && sendTo(response, text)));
    },
    close() {
      isClosed = true;
      for (const response of listeners) response.end();
    },
  };
}
