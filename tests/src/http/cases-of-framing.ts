import { type Case, H, has, message, type Paths, rejected } from './case.ts';

/** Cases of bodies, their length and codings, and of header syntax. */
export function framing({ resource, bodiless, json }: Paths): readonly Case[] {
  const post = (path: string, ...lines: readonly string[]) => message(`POST ${path} HTTP/1.1`, H, ...lines);
  const written = (rule: string, bytes: string): Case => ({ rule, bytes, statuses: [201], is: 'open' });
  const header = (line: string) => message('GET /health HTTP/1.1', H, line, '');
  const chunked = 'Transfer-Encoding: chunked';
  return [
    ...[
      'application/json',
      'application/x-www-form-urlencoded',
      'text/plain',
      'application/octet-stream',
      'multipart/form-data; boundary=x',
    ].flatMap((type) => [
      written(
        `9110 8.6: an empty body of ${type}`,
        post(bodiless, `Content-Type: ${type}`, 'Content-Length: 0', ''),
      ),
      written(
        `9112 7.1: an empty chunked body of ${type}`,
        post(bodiless, `Content-Type: ${type}`, chunked, '0\r\n\r\n'),
      ),
    ]),
    written('9112 6.3: no body and no length', post(bodiless, '')),
    written(
      '9112 7.1: chunk extensions and trailers are ignored',
      post(bodiless, chunked, '0;a=b\r\nX-Trailer: x\r\n\r\n'),
    ),
    written(
      '9112 7: the name of a coding is case-insensitive',
      post(bodiless, 'Transfer-Encoding: Chunked', '0\r\n\r\n'),
    ),
    {
      rule: '9110 15.5.16: 415 for a body of another type',
      bytes: post(json, 'Content-Type: text/plain', 'Content-Length: 2', '{}'),
      statuses: [415],
      is: 'either',
    },
    ...['gzip', 'br', 'deflate, gzip', 'unknown'].map((coding): Case => ({
      rule: `9110 8.4: 415 for the coding ${coding}, with Accept-Encoding`,
      bytes: post(
        json,
        'Content-Type: application/json',
        `Content-Encoding: ${coding}`,
        'Content-Length: 2',
        '{}',
      ),
      statuses: [415],
      is: 'either',
      check: has('accept-encoding', /^identity$/),
    })),
    written(
      '9110 8.4: a coding of an empty body does not matter',
      post(bodiless, 'Content-Encoding: br', 'Content-Length: 0', ''),
    ),
    {
      rule: '9110 10.1.1: 100 for Expect: 100-continue',
      bytes: post(json, 'Content-Type: application/json', 'Expect: 100-continue', 'Content-Length: 2', '{}'),
      methods: ['POST'],
      statuses: [100, 400],
      is: 'open',
    },
    {
      rule: '9110 10.1.1: no 100 for HTTP/1.0',
      bytes: message(
        `POST ${json} HTTP/1.0`,
        H,
        'Content-Type: application/json',
        'Expect: 100-continue',
        'Content-Length: 2',
        '{}',
      ),
      statuses: [400],
      is: 'closed',
    },
    rejected(
      '9110 15.5.18: 417 for another expectation',
      message('GET /health HTTP/1.1', H, 'Expect: magic', ''),
      417,
    ),
    rejected(
      '9110 15.5.18: 417 and no second response for the fault that follows',
      message(`POST ${bodiless} HTTP/1.1`, H, 'Expect:', 'Transfer-Encoding: !', ''),
      417,
    ),
    rejected(
      '9112 6.1: Transfer-Encoding and Content-Length',
      post(bodiless, 'Content-Length: 3', chunked, '0\r\n\r\n'),
    ),
    rejected(
      '9112 6.1: Content-Length and Transfer-Encoding',
      post(bodiless, chunked, 'Content-Length: 3', '0\r\n\r\n'),
    ),
    rejected(
      '9112 6.1: a coding that is unknown, before chunked',
      post(bodiless, 'Transfer-Encoding: gzip, chunked', '0\r\n\r\n'),
      501,
    ),
    rejected(
      '9112 6.1: a coding that is unknown',
      post(bodiless, 'Transfer-Encoding: magic', '0\r\n\r\n'),
      [400, 501],
    ),
    rejected(
      '9112 6.1: the coding identity, which is obsolete',
      post(bodiless, 'Transfer-Encoding: identity', ''),
      [400, 501],
    ),
    rejected(
      '9112 7: chunked twice',
      post(bodiless, 'Transfer-Encoding: chunked, chunked', '0\r\n\r\n'),
      [400, 501],
    ),
    rejected(
      '9112 6.1: Transfer-Encoding in HTTP/1.0',
      message(`POST ${bodiless} HTTP/1.0`, H, chunked, '0\r\n\r\n'),
    ),
    ...['+0', '-1', '0x0', '0, 0', '1e1', '', '99999999999999999999'].map((length) =>
      rejected(`9112 6.3: the Content-Length "${length}"`, post(bodiless, `Content-Length: ${length}`, '')),
    ),
    rejected('9112 6.3: two Content-Lengths', post(bodiless, 'Content-Length: 0', 'Content-Length: 1', '')),
    rejected(
      '9112 7.1: a chunk without a size',
      post(json, 'Content-Type: application/json', chunked, 'zz\r\n\r\n'),
    ),
    rejected('9112 2.2: a bare LF', 'GET /health HTTP/1.1\nHost: a\n\n'),
    rejected('9112 2.2: a bare LF in the headers', 'GET /health HTTP/1.1\r\nHost: a\nX: b\r\n\r\n'),
    rejected('9112 2.2: a bare CR', header('X: a\rb')),
    rejected('9110 5.5: NUL', header('X: a\0b')),
    rejected('9112 5.1: a space before the colon', header('X : a')),
    rejected('9112 2.2: a space before the first header', 'GET /health HTTP/1.1\r\n X: a\r\nHost: a\r\n\r\n'),
    rejected('9112 5.2: line folding', header('X: a\r\n b')),
    rejected('9110 5.1: a header without a name', header(': a')),
    rejected('9110 5.6.2: a name that is no token', header('X[]: a')),
    rejected('9110 5.4: headers beyond the limit', header(`X: ${'x'.repeat(20_000)}`), 431),
    rejected('9110 5.4: too many headers', header('X: a\r\n'.repeat(3_000) + 'X: a'), 431),
    {
      rule: '9110 9.3.1: a body of GET is not taken for a request',
      bytes: message(`GET ${resource} HTTP/1.1`, H, 'Content-Length: 4', 'body'),
      statuses: [200],
      is: 'open',
    },
    {
      rule: '9110 9.3.1: a chunked body of GET is not taken for a request',
      bytes: message(`GET ${resource} HTTP/1.1`, H, chunked, '4\r\nbody\r\n0\r\n\r\n'),
      statuses: [200],
      is: 'open',
    },
    {
      rule: '9112 9.5: a fault after the response causes no second one',
      bytes: message('POST /nothing HTTP/1.1', H, chunked, 'zz\r\n\r\n'),
      statuses: [[400, 404]],
      is: 'closed',
    },
  ];
}
