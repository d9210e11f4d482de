/** What follows a stream of server-sent events. */
export interface StreamOptions {
  /** Silence after which the stream counts as lost and is opened anew, in milliseconds. */
  readonly silenceMs: number;
  /** The stream is open, and has sent something. */
  readonly onOpen: () => void;
  /** The stream is lost, or silent. It is opened again by itself. */
  readonly onLoss: () => void;
  /** The stream was closed because it is not wanted now. */
  readonly onClose: () => void;
  /** Something has arrived. */
  readonly onNews: () => void;
  /** Handlers of the named events; data is parsed JSON. */
  readonly events: Readonly<Record<string, (data: unknown, id: string) => void>>;
}

/** Stream that is open while it is wanted. */
export interface Stream {
  readonly setWanted: (isWanted: boolean) => void;
}

/**
 * Follows a stream of server-sent events while it is wanted. A lost stream is opened again, after a pause that grows with
 * each failure; so is one that stays silent: a server that hangs keeps its connections open. `path` is that of each opening.
 */
export function openStream(path: () => string, options: StreamOptions): Stream {
  const { silenceMs, onOpen, onLoss, onClose, onNews, events } = options;
  let source: EventSource | undefined;
  let failures = 0;
  let isOpen = false;
  let watchdog: ReturnType<typeof setTimeout> | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;

  const close = () => {
    clearTimeout(watchdog);
    clearTimeout(retry);
    source?.close();
    source = undefined;
    isOpen = false;
  };
  const lose = () => {
    close();
    onLoss();
    failures += 1;
    retry = setTimeout(open, delayAfter(failures));
  };
  const watch = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(lose, silenceMs);
  };
  const receive = () => {
    watch();
    onNews();
    if (isOpen) return;
    isOpen = true;
    failures = 0;
    onOpen();
  };
  const open = () => {
    const opened = new EventSource(path());
    source = opened;
    watch();
    opened.addEventListener('error', lose);
    for (const [name, handle] of Object.entries(events))
      opened.addEventListener(name, ({ data, lastEventId }: MessageEvent<string>) => {
        receive();
        handle(JSON.parse(data), lastEventId);
      });
  };
  return {
    setWanted(isWanted) {
      if (isWanted && source === undefined) {
        clearTimeout(retry);
        open();
      } else if (!isWanted) {
        close();
        onClose();
      }
    },
  };
}

/** Backoff before the next attempt in milliseconds, after that many consecutive failures. */
export function delayAfter(failures: number): number {
  return Math.min(10_000, 500 * 2 ** (failures - 1));
}
