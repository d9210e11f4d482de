/** Timeout of a call to AWS, after which it is retried: the SDK's own default is none. */
export const callTimeouts = { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true };

/** The same for SQS, where a receive waits 20 s for messages. */
export const longPollTimeouts = { ...callTimeouts, requestTimeout: 25_000 };
