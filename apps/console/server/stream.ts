import type { ServerResponse } from 'node:http';
import { DomainError } from '@tandem/chassis/errors';
import { NO_STORE, protectionHeaders } from '@tandem/chassis/http/response-headers';
import type { EventBuffer, NumberedStep } from './event-buffer.ts';
import type { Opened, State, StepPage } from './protocol.ts';

const MAX_LISTENERS = 50;
/** Backlog of unread bytes above which a client is disconnected. */
const MAX_UNREAD_BYTES = 1024 * 1024;
/** Maximum of replayed steps for a new client, and for one that reconnects. */
const NEW_STEPS = 200;
const MISSED_STEPS = 2_000;
const BATCH_MS = 50;
const STATE_MS = 1_000;
const COMMENT_MS = 15_000;

/** Headers of the stream. */
export const streamHeaders = {
  ...protectionHeaders(NO_STORE, { isSecure: false }),
  'content-type': 'text/event-stream',
};

/** Server-sent events: steps from the event buffer, and the system state. */
export interface Stream {
  /**
   * Responds with the stream; replays the steps after `lastEventId`. Throws a DomainError if too many clients are connected.
   */
  open(response: ServerResponse, lastEventId?: string): void;
  /** Sends the state now. */
  refresh(): void;
  /** Latest steps, as the stream has sent them. */
  recent(range: StepRange): StepPage;
  /** Ends all streams permanently. */
  close(): void;
}

/** Steps between two sequence numbers, both excluded. */
export interface StepRange {
  /** Maximum of steps; the latest are returned. */
  readonly limit: number;
  readonly after?: number | undefined;
  readonly before?: number | undefined;
}

export interface StreamOptions {
  readonly eventBuffer: Pick<EventBuffer, 'last' | 'lastNumber' | 'onStep'>;
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
      response.writeHead(200, streamHeaders);
      if (listeners.size === 0) begin();
      flush();
      listeners.add(response);
      response.once('close', () => {
        listeners.delete(response);
        if (listeners.size === 0) stopListening();
      });
      const [clientEpoch, lastNumber] = lastEventId.split('.');
      const isReconnecting = clientEpoch === epoch;
      const replayed = eventBuffer.last(
        isReconnecting ? MISSED_STEPS : NEW_STEPS,
        isReconnecting ? Number(lastNumber) || 0 : 0,
      );
      const opened: Opened = { epoch, number: eventBuffer.lastNumber() };
      const head = `retry: 1000\nevent: opened\ndata: ${JSON.stringify(opened)}\n\n`;
      sendTo(response, head + replayed.map(textOf).join(''));
      void sendState((text) => void (listeners.has(response) && sendTo(response, text)));
    },
    refresh: () => void (listeners.size > 0 && sendState(send)),
    recent: ({ limit, after, before }) => ({ epoch, steps: eventBuffer.last(limit, after, before) }),
    close() {
      isClosed = true;
      for (const response of listeners) response.end();
    },
  };
}
