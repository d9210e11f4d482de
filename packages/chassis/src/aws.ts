/** Timeouts of a call to AWS, after which it is retried. The SDK's default is none. */
export const callTimeouts = { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true };

/**
 * Time for which an idle connection to AWS is kept, as clients of the SDK keep theirs. undici's default of 4 s would open
 * TLS anew for each call of a quiet service, health checks included.
 */
export const KEEP_ALIVE_MS = 60_000;

/** Timeouts of a call to SQS, where a receive waits 20 s for messages (long polling). */
export const longPollTimeouts = { ...callTimeouts, requestTimeout: 25_000 };
