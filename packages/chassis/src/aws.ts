/** How long a call to AWS may take before it is tried again: the SDK's own default is for ever. */
export const callTimeouts = { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true };

/** The same for SQS, where a receive waits 20 s for messages. */
export const longPollTimeouts = { ...callTimeouts, requestTimeout: 25_000 };
