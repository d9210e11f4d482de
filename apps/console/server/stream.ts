import type { ServerResponse } from 'node:http';
import { DomainError } from '@tandem/chassis/errors';
import type { Hub, NumberedStep } from './hub.ts';
import type { State } from './protocol.ts';

const MAX_LISTENERS = 50;
/** Who has so much of it still to read does not read. */
const MAX_UNREAD_BYTES = 1024 * 1024;
/** How many of the last steps a new listener is told. */
const TOLD_FIRST = 200;
const BATCH_MS = 50;
const STATE_MS = 1_000;
const COMMENT_MS = 15_000;

/** Server-sent events of what the hub hears, and of how everything is. */
export interface Stream {
  /**
   * Answers a request with the stream; the id of the last event that its client had says which steps it knows already.
   * Throws a DomainError where too many listen.
   */
  open(response: ServerResponse, lastEventId?: string): void;
  /** Ends every stream, for good. */
  close(): void;
}

export interface StreamOptions {
  readonly hub: Pick<Hub, 'last' | 'onStep'>;
  readonly state: () => Promise<State>;
}

/** Nothing runs while nobody listens. */
export function createStream({ hub, state }: StreamOptions): Stream {
  const listeners = new Set<ServerResponse>();
  /** Steps are counted from the start: what a client had of a former one says nothing. */
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

  let isAsking = false;
  const tellState = async (tell: (text: string) => void) => {
    tell(`event: state\ndata: ${JSON.stringify(await state())}\n\n`);
  };
  const tick = async () => {
    if (isAsking) return;
    isAsking = true;
    await tellState(send).finally(() => (isAsking = false));
  };

  const begin = () => {
    const unsubscribe = hub.onStep((step) => void (batch += textOf(step)));
    const timers = [
      setInterval(flush, BATCH_MS),
      setInterval(() => void tick(), STATE_MS),
      setInterval(() => send(': still here\n\n'), COMMENT_MS),
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
          'Nobody more can listen now: try again later',
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
      const [theirEpoch, known] = lastEventId.split('.');
      const first = hub.last(TOLD_FIRST, theirEpoch === epoch ? Number(known) || 0 : 0);
      sendTo(response, `retry: 1000\n\n${first.map(textOf).join('')}`);
      void tellState((text) => void (listeners.has(response) && sendTo(response, text)));
    },
    close() {
      isClosed = true;
      for (const response of listeners) response.end();
    },
  };
}
