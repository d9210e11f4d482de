/** Timeouts of a call to AWS, after which it is retried. The SDK's default is none. */
export const callTimeouts = { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true };

/** Timeouts of a call to SQS, where a receive waits 20 s for messages (long polling). */
export const longPollTimeouts = { ...callTimeouts, requestTimeout: 25_000 };
