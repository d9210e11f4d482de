import assert from 'node:assert/strict';
import { type Case, H, has, message, ORIGIN, type Paths } from './case.ts';
import type { RawResponse } from './raw.ts';

/** Cases of methods and versions. */
export function methodsAndVersions({ resource, tagged }: Paths): readonly Case[] {
  const of = (method: string, path = resource): string => message(`${method} ${path} HTTP/1.1`, H, '');
  const withAllow = (response?: RawResponse) => {
    has('allow', /\bGET\b/)(response);
    assert.match(JSON.parse(response?.body ?? '').detail, /is not possible here\. Use GET/);
  };
  return [
    ...['DELETE', 'TRACE', 'PROPFIND', 'LINK'].map((method): Case => ({
      rule: `9110 15.5.6: 405 for ${method}, with Allow`,
      bytes: of(method),
      statuses: [405],
      is: 'open',
      check: withAllow,
    })),
    ...['DELETE', 'TRACE', 'POST', 'OPTIONS'].map((method): Case => ({
      rule: `9110 15.5.6: 405 for ${method} /health, with Allow`,
      bytes: of(method, '/health'),
      statuses: [405],
      is: 'open',
      check: withAllow,
    })),
    ...['GET', 'HEAD'].map((method): Case => ({
      rule: `9110 8.6: the length of 304 to ${method} is none`,
      bytes: message(`${method} ${tagged} HTTP/1.1`, H, 'If-None-Match: *', ''),
      statuses: [304],
      is: 'open',
    })),
    ...[resource, '/nowhere'].map((path): Case => ({
      rule: `9110 8.6: the length of 204 to a preflight of ${path} is none`,
      bytes: message(
        `OPTIONS ${path} HTTP/1.1`,
        H,
        `Origin: ${ORIGIN}`,
        'Access-Control-Request-Method: GET',
        '',
      ),
      statuses: [path === '/nowhere' ? [204, 404] : 204],
      is: 'open',
      check: has('x-request-id', /./),
    })),
    ...['BREW', 'get', 'Get', 'X-1!'].map((method): Case => ({
      rule: `9110 9.1: 501 for the unknown method ${method}`,
      bytes: of(method),
      statuses: [501],
      is: 'closed',
    })),
    ...['HTTP/2.0', 'HTTP/1.2', 'HTTP/3.1'].map((version): Case => ({
      rule: `9110 15.6.6: 505 for ${version}`,
      bytes: message(`GET /health ${version}`, H, ''),
      statuses: [505],
      is: 'closed',
    })),
    ...['http/1.1', 'HTTP/1', 'HTTP/one', 'HTTP/1.1 x'].map((version): Case => ({
      rule: `9112 2.3: 400 for the version ${version}`,
      bytes: message(`GET /health ${version}`, H, ''),
      statuses: [400],
      is: 'closed',
    })),
    { rule: '9112 3: 400 without a version', bytes: 'GET /health\r\n\r\n', statuses: [400], is: 'closed' },
    {
      rule: '9113 3.4: 400 for the preface of HTTP/2',
      bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      statuses: [[400, 505]],
      is: 'closed',
    },
  ];
}
