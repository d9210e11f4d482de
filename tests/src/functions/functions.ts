import type { ServiceFunction } from '@tandem/runtime/function';
import { functionOf } from '@tandem/runtime/function';
import { albEvent } from '@tandem/runtime/function/testing';
import type { Assembly } from '@tandem/local/system/assemble';
import type { Transport } from '../support/http.ts';

/** Creates the Lambda handlers of an assembled service, without starting it. */
export async function openFunction(assembly: Assembly): Promise<ServiceFunction & AsyncDisposable> {
  const service = await assembly.createService();
  const functions = functionOf(service, { flush: async () => undefined, logger: { error: () => undefined } });
  return { ...functions, [Symbol.asyncDispose]: () => service.app.close() };
}

/** Transport of requests to a function through a load balancer with multi-value headers. */
export function throughLoadBalancer(serve: ServiceFunction['serve']): Transport {
  return async (url, { method = 'GET', headers, body }) => {
    const { pathname, search, host } = new URL(url);
    const event = albEvent({
      method,
      target: pathname + search,
      headers: { host, ...Object.fromEntries(new Headers(headers)) },
      body: typeof body === 'string' ? body : '',
    });
    const response = await serve(event);
    const fields = Object.entries(response.multiValueHeaders ?? {});
    const isEmpty = response.statusCode === 204 || response.statusCode === 304;
    const bytes = Buffer.from(response.body, response.isBase64Encoded ? 'base64' : 'utf8');
    return new Response(isEmpty ? null : bytes, {
      status: response.statusCode,
      headers: fields.flatMap(([name, values]) => values.map((value): [string, string] => [name, value])),
    });
  };
}
