import assert from 'node:assert/strict';
import { type Case, H, has, message, type Paths, rejected } from './case.ts';
import type { RawResponse } from './raw.ts';

/** Cases of connections (RFC 9112, 9) and request targets (3.2). */
export function connections({ resource }: Paths): readonly Case[] {
  const get = `GET ${resource} HTTP/1.1`;
  return [
    { rule: '9112 9.3: a connection is kept', bytes: message(get, H, ''), statuses: [200], is: 'open' },
    {
      rule: '9112 9.6: Connection: close closes it',
      bytes: message(get, H, 'Connection: close', ''),
      statuses: [200],
      is: 'closed',
      check: has('connection', /^close$/),
    },
    {
      rule: '9110 7.6.1: options of Connection are case-insensitive, in a list',
      bytes: message(get, H, 'Connection: x, CLOSE', ''),
      statuses: [200],
      is: 'closed',
    },
    {
      rule: '9112 9.3: HTTP/1.0 is closed',
      bytes: message(`GET ${resource} HTTP/1.0`, ''),
      statuses: [200],
      is: 'closed',
      check: notChunked,
    },
    {
      rule: '9112 9.3: HTTP/1.0 is kept if it asks for it',
      bytes: message(`GET ${resource} HTTP/1.0`, 'Connection: keep-alive', ''),
      statuses: [200],
      is: 'open',
      check: (response) => {
        notChunked(response);
        has('connection', /^keep-alive$/i)(response);
      },
    },
    {
      rule: '9112 6.1: no chunks for HTTP/1.0, compressed either',
      bytes: message(`GET ${resource} HTTP/1.0`, 'Accept-Encoding: gzip', ''),
      statuses: [200],
      is: 'closed',
      check: notChunked,
    },
    {
      rule: '9112 9.3.2: pipelined requests are responded to in order',
      bytes:
        message(get, H, '') +
        message('GET /nothing HTTP/1.1', H, '') +
        message(`HEAD ${resource} HTTP/1.1`, H, '') +
        message(get, H, ''),
      methods: ['GET', 'GET', 'HEAD', 'GET'],
      statuses: [200, 404, 200, 200],
      is: 'open',
    },
    {
      rule: '9112 9.3.2: nothing after Connection: close is handled',
      bytes: message(get, H, 'Connection: close', '') + message('DELETE /nothing HTTP/1.1', H, ''),
      statuses: [200],
      is: 'closed',
    },
    {
      rule: '9112 9.3.2: a malformed request does not displace the response to the one before',
      bytes: `${message(get, H, '')}nonsense\r\n\r\n`,
      methods: ['GET', 'GET'],
      statuses: [200, 400],
      is: 'closed',
    },
    {
      rule: '9112 2.2: an empty line before a request is ignored',
      bytes: `\r\n${message(get, H, '')}`,
      statuses: [200],
      is: 'open',
    },
    {
      rule: '9110 7.8: an Upgrade that is not supported is ignored',
      bytes: message(get, H, 'Connection: upgrade', 'Upgrade: h2c', ''),
      statuses: [200],
      is: 'open',
    },
  ];
}

function notChunked(response?: RawResponse): void {
  assert.equal(response?.headers.get('transfer-encoding'), undefined);
}

/** Cases of request targets and hosts. */
export function targets({ resource }: Paths): readonly Case[] {
  const get = (target: string, host = H) => message(`GET ${target} HTTP/1.1`, host, '');
  return [
    {
      rule: '9112 3.2.2: absolute-form is accepted',
      bytes: get(`http://shop.example${resource}`),
      statuses: [200],
      is: 'open',
    },
    {
      rule: '9112 3.2.2: absolute-form overrides Host',
      bytes: get(`http://other.example:80${resource}`),
      statuses: [200],
      is: 'open',
    },
    rejected(
      '9112 3.2.2: absolute-form needs a Host all the same',
      message('GET http://shop.example/health HTTP/1.1', ''),
    ),
    rejected(
      '9112 3.2: absolute-form beside an invalid Host',
      message('GET http://shop.example/health HTTP/1.1', 'Host: a b', ''),
    ),
    rejected('9110 4.2.4: a target with a user', get('http://user@shop.example/health')),
    rejected('9112 3.2: a scheme that is not HTTP', get('ftp://shop.example/health')),
    {
      rule: '9112 3.2.4: OPTIONS * concerns the server',
      bytes: message('OPTIONS * HTTP/1.1', H, ''),
      statuses: [204],
      is: 'open',
    },
    {
      rule: '9112 3.2.4: OPTIONS of an absolute-form without path too',
      bytes: message('OPTIONS http://shop.example HTTP/1.1', H, ''),
      statuses: [204],
      is: 'open',
    },
    rejected('9112 3.2.4: * is for OPTIONS only', get('*')),
    rejected(
      '9112 3.2.3: CONNECT is rejected',
      message('CONNECT shop.example:443 HTTP/1.1', 'Host: shop.example:443', ''),
      [405, 501],
    ),
    rejected('9112 3.2.3: authority-form is for CONNECT only', get('shop.example:80')),
    rejected('9112 3.2.1: a target without a slash', get('health')),
    rejected('9110 7.1: a target has no fragment', get('/health#top')),
    rejected('9112 3: a target beyond the limit', get(`/${'x'.repeat(20_000)}`), 414),
    {
      rule: '9112 3: 8,000 bytes of request line are read',
      bytes: get(`/${'x'.repeat(7_980)}`),
      statuses: [404],
      is: 'open',
    },
    {
      rule: '9110 4.2.3: percent-encoding that is none',
      bytes: get('/products/%zz'),
      statuses: [400],
      is: 'open',
    },
    rejected('9112 3.2: no Host', message('GET /health HTTP/1.1', '')),
    rejected('9112 3.2: two Hosts (security 17)', get('/health', `${H}\r\nhost: other.example`)),
    rejected('9112 3.2: twice the same Host (security 17)', get('/health', `${H}\r\n${H}`)),
    rejected('9112 3.2: two Hosts in HTTP/1.0 (security 17)', message('GET /health HTTP/1.0', H, H, '')),
    ...['', 'a b', 'a/b', 'user@a', 'a, b', 'a:b', '[::1', 'a:1:2', 'a:999999'].map((host) =>
      rejected(`9112 3.2: the Host "${host}"`, get('/health', `Host: ${host}`)),
    ),
    ...['a', 'a:', 'A.example:8080', '127.0.0.1', '[::1]:80', 'xn--bcher-kva.example', 'a%20b'].map(
      (host): Case => ({
        rule: `9110 4.2: the Host "${host}" is accepted`,
        bytes: get('/health', `Host: ${host}`),
        statuses: [200],
        is: 'open',
      }),
    ),
  ];
}
