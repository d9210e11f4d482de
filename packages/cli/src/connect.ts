import {
  type ApiRequest,
  type ApiResponse,
  type RequestUntilOptions,
  requestUntil,
  unreachable,
} from './api-client.ts';

export interface ConnectOptions extends Pick<RequestUntilOptions, 'token' | 'deadlineMs'> {
  /** Called with each response, also one that is retried. */
  readonly onResponse?: (request: ApiRequest, response: ApiResponse) => void;
}

/** Sends a request; resolves to its last response. Responses that `isRetried` accepts are retried; default: 429 and 503. */
export type Call = (
  request: ApiRequest,
  isRetried?: (response: ApiResponse) => boolean,
) => Promise<ApiResponse>;

/**
 * Client of a running system. Rejects with a DomainError at once where it cannot be reached; a connection that fails later is
 * retried until the deadline of its request.
 */
export function connect(url: string, { onResponse, ...options }: ConnectOptions): Call {
  let wasReached = false;
  return async (request, isRetried = isBusy) => {
    let last: ApiResponse | undefined;
    const outcome = await requestUntil(url, request, (response) => !isRetried(response), {
      ...options,
      onAttempt(result) {
        if ('response' in result) {
          wasReached = true;
          last = result.response;
          onResponse?.(request, last);
        } else if (!wasReached) throw unreachable(url, result.cause);
      },
    });
    if ('response' in outcome) return outcome.response;
    if (last && outcome.cause === undefined) return last;
    throw unreachable(url, outcome.cause);
  };
}

/** Whether a response only says that the system is busy. */
export function isBusy({ status }: ApiResponse): boolean {
  return status === 429 || status === 503;
}
