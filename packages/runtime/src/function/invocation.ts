/** Context of an invocation, as Lambda gives it to the function. */
export interface InvocationContext {
  /** Time until Lambda stops the invocation, in milliseconds. */
  getRemainingTimeInMillis(): number;
}

/** What a function needs besides its service. */
export interface FunctionDeps {
  /** Sends metrics and spans, and ends fetches, at the end of each invocation: Lambda freezes the process between invocations. */
  readonly flush: () => Promise<void>;
  readonly logger: Record<'error', (fields: object, message: string) => void>;
}

/** Runs an invocation and flushes at its end. A failure to flush is logged: the invocation must not be repeated for it. */
export async function withFlush<T>({ flush, logger }: FunctionDeps, invoke: () => Promise<T>): Promise<T> {
  try {
    return await invoke();
  } finally {
    await flush().catch((err: unknown) => logger.error({ err }, 'telemetry not flushed'));
  }
}
