import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type ApiResponse, rejectedResponse, unreachable } from '@tandem/cli/api-client';
import { DomainError } from '@tandem/chassis/errors';
import { bodyLines } from './body-lines.ts';
import type { BadRow } from './file/csv.ts';
import { createPartSize } from './part-size.ts';
import { createPostLines, importResponse } from './post-lines.ts';
import type { Source } from './source.ts';

/** Result of an import. `bad` has all skipped rows in the order of the file. */
export interface ImportReport {
  readonly created: number;
  readonly updated: number;
  /** Products whose row equals their stored state. */
  readonly unchanged: number;
  readonly bad: readonly BadRow[];
  /** Rejected rows beyond those that the responses list. */
  readonly unlisted: number;
}

export interface LoadOptions {
  /** Whether `inventory` is a count of the stock on hand of products that exist, whose stock is unchanged otherwise. */
  readonly isStockCount?: boolean;
  /** Number of lines of the body that an earlier import has written: they are not sent. Default: 0. */
  readonly skip?: number;
  /** Ends the import after the part that is being written. */
  readonly signal?: AbortSignal;
  /** Called when the system does not take a part now, before the part is sent again. */
  readonly onWait?: (reason: string) => void;
  /** First pause before a part is sent again, in milliseconds; it doubles up to 30 times that. Default: 1,000. */
  readonly firstPauseMs?: number;
  /** Time without progress after which the import gives up, in milliseconds. Default: a quarter of an hour. */
  readonly patienceMs?: number;
  /** Timeout of a request, in milliseconds. Default: five minutes. */
  readonly requestTimeoutMs?: number;
}

const MAX_PART_BYTES = 1024 * 1024;
/** Statuses of a system that takes requests again later. */
const LATER = new Set([429, 502, 503, 504]);
const PATIENCE_MS = 15 * 60_000;
/** Longer than any load balancer waits for a response. */
const REQUEST_TIMEOUT_MS = 5 * 60_000;
/** Attempts before the first line is written: the service itself waits for its table, so that there may be another reason. */
const FIRST_ATTEMPTS = 3;
const GROWTHS = 30;

/** The lines of one request, and the number of lines before them. */
interface Part {
  readonly before: number;
  readonly lines: readonly Uint8Array[];
}

/** Why a part is sent again. */
interface Failure {
  readonly error: DomainError;
  readonly retryAfterMs?: number;
}

/**
 * Sends a source to the system at `url` in parts, one after the other. A part that the system does not take now (at its capacity,
 * overloaded, restarted) is sent again until it does; lines that it has written already are then unchanged. Of a stock count it is
 * sent again as it was, under its idempotency key, so that no line is counted twice. Rejects with a DomainError when the system is
 * unreachable or rejects the import as a whole, after a quarter of an hour without progress, or when the signal is aborted; once
 * lines are written, the message says with which `skip` another import continues. Also rejects for a `skip` beyond the end.
 */
export async function load(
  url: string,
  source: Source,
  token: string,
  onProgress: (done: number) => void,
  {
    isStockCount = false,
    skip = 0,
    signal,
    onWait = () => undefined,
    firstPauseMs = 1_000,
    patienceMs = PATIENCE_MS,
    requestTimeoutMs = REQUEST_TIMEOUT_MS,
  }: LoadOptions = {},
): Promise<ImportReport> {
  const size = createPartSize();
  const counts = { created: 0, updated: 0, unchanged: 0, unlisted: 0 };
  const bad: BadRow[] = [];
  let written = skip;
  /** Whether this import has written nothing yet. */
  const isFirst = () => written === skip;

  const importId = randomUUID();
  const post = createPostLines(url, token, isStockCount);

  /** Sends a part once; resolves to why it is to be sent again, if it is. */
  const attempt = async ({ before, lines }: Part, timeoutMs: number): Promise<Failure | undefined> => {
    const startedAt = performance.now();
    let response: ApiResponse;
    try {
      response = await post(Buffer.concat(lines), {
        timeoutMs,
        key: `${importId}/${before}/${lines.length}`,
      });
    } catch (error) {
      // A server may reject a token and close the connection during the upload, so that its response is lost: an empty body
      // gets the same response.
      const retried = await post(Buffer.alloc(0), { timeoutMs }).catch(() => undefined);
      if (retried?.status === 401 || retried?.status === 403) throw rejectedResponse(url, retried);
      const failure = unreachable(url, error);
      if (isFirst()) throw failure;
      size.failed();
      return { error: failure };
    }
    if (LATER.has(response.status)) {
      size.failed();
      return { error: rejectedResponse(url, response), ...response };
    }
    if (response.status !== 200) throw rejectedResponse(url, response);
    const parsed = importResponse.safeParse(response.body);
    if (!parsed.success) throw unreachable(url, new Error('unexpected response to POST /products/import'));
    const { rejected, ...result } = parsed.data;
    for (const name of ['created', 'updated', 'unchanged', 'unlisted'] as const) counts[name] += result[name];
    bad.push(...rejected.map(({ line, reason }) => source.reject(before + line, reason)));
    size.took(performance.now() - startedAt);
    return undefined;
  };

  /** Sends some of these lines until they are done; resolves to their number. */
  const send = async ({ before, lines }: Part): Promise<number> => {
    const deadline = performance.now() + patienceMs;
    let sent = lines.slice(0, size.lines());
    let failure: Failure | undefined;
    for (let attempts = 1; ; attempts++) {
      signal?.throwIfAborted();
      if (!isStockCount) sent = lines.slice(0, size.lines());
      const remainingMs = deadline - performance.now();
      const latest = await attempt({ before, lines: sent }, Math.min(requestTimeoutMs, remainingMs));
      if (!latest) return sent.length;
      // A request that only the end of the patience cut short says less than the failure before it.
      const isCutShort = remainingMs < requestTimeoutMs && isTimeout(latest.error);
      failure = isCutShort ? (failure ?? latest) : latest;
      if (isFirst() && attempts === FIRST_ATTEMPTS) throw failure.error;
      const growingMs = firstPauseMs * Math.min(2 ** (attempts - 1), GROWTHS);
      const pauseMs = Math.max(growingMs, failure.retryAfterMs ?? 0);
      if (performance.now() + pauseMs >= deadline) throw failure.error;
      onWait(failure.error.message);
      await delay(pauseMs, undefined, signal && { signal });
    }
  };

  const sendAll = async (lines: Uint8Array[]): Promise<void> => {
    while (lines.length > 0) {
      const done = await send({ before: written, lines });
      lines.splice(0, done);
      written += done;
    }
  };

  let number = 0;
  try {
    const lines: Uint8Array[] = [];
    let bytes = 0;
    for await (const line of bodyLines(source.body(onProgress))) {
      if (++number <= skip) continue;
      lines.push(line);
      bytes += line.length;
      if (lines.length < size.lines() && bytes < MAX_PART_BYTES) continue;
      await sendAll(lines);
      bytes = 0;
    }
    await sendAll(lines);
    // Without a line, too, it shows whether the system accepts imports.
    if (isFirst() && number >= skip) await send({ before: written, lines: [Buffer.from('\n')] });
  } catch (error) {
    throw continuable(error, written);
  }
  if (number < skip)
    throw new DomainError(
      'invalid',
      'skip-beyond-end',
      `--skip ${skip}: there are ${number} lines to import`,
    );
  return { ...counts, bad: [...source.bad, ...bad].sort((a, b) => a.line - b.line) };
}

function isTimeout({ cause }: Error): boolean {
  return cause instanceof Error && cause.name === 'TimeoutError';
}

/** The error of an import that has written this number of lines. */
function continuable(error: unknown, written: number): unknown {
  const isAborted = error instanceof Error && error.name === 'AbortError';
  if (!isAborted && !(error instanceof DomainError)) return error;
  const reason = isAborted ? 'The import was interrupted' : error.message;
  const hint =
    written > 0 ? `. The first ${written} lines are imported: continue with --skip ${written}` : '';
  return new DomainError('unavailable', 'import-incomplete', `${reason}${hint}`, { cause: error });
}
