import { randomUUID } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { bareProblem } from '@tandem/chassis/http/problem';
import { isForwardedSecurely } from '@tandem/chassis/http/response-headers';
import type { App } from '@tandem/chassis/http/types';
import inject from 'light-my-request';
import { type AlbEvent, type AlbResponse, albResponse, bodyOf, headersOf, targetOf } from './alb.ts';
import { type FunctionDeps, withFlush } from './invocation.ts';

/** Largest response of a function to a load balancer, as JSON in bytes: AWS's 1 MB, with a margin. */
const MAX_RESPONSE_BYTES = 1_000_000;

const internalError = {
  status: 500,
  code: 'internal',
  detail: 'An internal error occurred. Report the requestId if it persists.',
};
const tooLarge = {
  status: 500,
  code: 'response-too-large',
  detail:
    'The response exceeds 1 MB. Request fewer items, or a compressed response by Accept-Encoding: gzip.',
};

/** Removes the host that an injected request has by default. */
function removeHost({ headers, rawHeaders }: IncomingMessage): void {
  delete headers.host;
  rawHeaders.splice(rawHeaders.indexOf('host'), 2);
}

/**
 * Creates a Lambda handler of requests from an Application Load Balancer, which the app handles as those of a connection. Like
 * a task it trusts `PROXY_HOPS` addresses, with the load balancer as the first. Never rejects: a request that cannot be
 * handled, and a response that is larger than the load balancer's limit, is responded to with a problem. The function's
 * timeout must be longer than the 20 s of a request's handler.
 */
export function createServe(app: App, deps: FunctionDeps) {
  const handle = async (event: AlbEvent): Promise<AlbResponse> => {
    await app.ready();
    const dispatch = (request: IncomingMessage, response: ServerResponse) => {
      // Not by the option `url`, which would normalise the path.
      request.url = targetOf(event);
      if (!('host' in headers)) removeHost(request);
      app.routing(request, response);
    };
    const headers = headersOf(event);
    const payload = bodyOf(event);
    const options = { method: event.httpMethod, url: '/', headers, validate: false };
    // Resolves after the response is closed, when spans end and latencies are measured.
    const response = await inject(dispatch, payload ? { ...options, payload } : options);
    const { statusCode, rawPayload: body } = response;
    const converted = albResponse(event, { statusCode, headers: response.headers, body });
    const bytes = Buffer.byteLength(JSON.stringify(converted));
    if (bytes <= MAX_RESPONSE_BYTES) return converted;
    const requestId = String(response.headers['x-request-id']);
    deps.logger.error({ bytes, requestId }, 'response larger than the limit of the load balancer');
    return problem(event, tooLarge, requestId, sharingHeaders(response.headers));
  };

  return (event: AlbEvent): Promise<AlbResponse> =>
    withFlush(deps, async () => {
      try {
        return await handle(event);
      } catch (err) {
        const requestId = randomUUID();
        deps.logger.error({ err, requestId }, 'request not handled');
        return problem(event, internalError, requestId);
      }
    });
}

/** Those headers of a response that let a page of another origin read it. */
function sharingHeaders(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  const entries = Object.entries(headers);
  return Object.fromEntries(
    entries.filter(([name]) => name === 'vary' || name.startsWith('access-control-')),
  );
}

function problem(
  event: AlbEvent,
  fault: typeof internalError,
  requestId: string,
  furtherHeaders: OutgoingHttpHeaders = {},
): AlbResponse {
  const isSecure = isForwardedSecurely(headersOf(event));
  const { headers, body } = bareProblem(fault, { requestId, isSecure });
  return albResponse(event, {
    statusCode: fault.status,
    headers: { ...furtherHeaders, ...headers },
    body: Buffer.from(body),
  });
}
