import assert from 'node:assert/strict';
import { connect } from 'node:net';

/** Response as its bytes say, with the names of its headers in lower case. */
export interface RawResponse {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** What a connection received, and whether it was still usable after the last response. */
export interface Exchange {
  readonly responses: readonly RawResponse[];
  readonly isOpen: boolean;
}

/** Sent after the last expected response: a connection that is open responds to it. */
const PROBE = 'GET /health HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\r\n';

/**
 * Sends bytes on a new connection. Once `expected` responses to the methods have arrived, it sends a probe; resolves when the
 * server closes the connection.
 */
export async function exchange(url: string, bytes: string, methods: readonly string[]): Promise<Exchange> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const responses: RawResponse[] = [];
  let received = '';
  let hasProbed = false;
  const pending = [...methods];
  socket.write(bytes, 'latin1');
  const take = (isEnd: boolean) => {
    for (;;) {
      const parsed = parse(received, pending[0] ?? 'GET', isEnd);
      if (parsed === undefined) break;
      received = parsed.rest;
      responses.push(parsed.response);
      if (parsed.response.status >= 200) pending.shift();
    }
    if (pending.length > 0 || hasProbed) return;
    hasProbed = true;
    if (socket.writable) socket.write(PROBE);
  };
  try {
    for await (const chunk of socket.setEncoding('latin1')) {
      received += String(chunk);
      take(false);
    }
  } catch (error) {
    // A server that closes a connection with unread bytes resets it: the probe may be among them.
    const { code } = error as NodeJS.ErrnoException;
    assert.ok(code === 'ECONNRESET' || code === 'EPIPE', String(error));
  }
  take(true);
  assert.equal(received, '', 'bytes that are no response');
  const isOpen = responses.filter(({ status }) => status >= 200).length > methods.length;
  return { responses: isOpen ? responses.slice(0, -1) : responses, isOpen };
}

/** Parses the first response; undefined while it is incomplete. */
function parse(bytes: string, method: string, isEnd: boolean) {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const [statusLine = '', ...lines] = bytes.slice(0, end).split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3})(?: .*)?$/.exec(statusLine)?.[1]);
  assert.ok(status >= 100, `status line "${statusLine}"`);
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name = '', value = ''] = /^([\w-]+): *(.*)$/.exec(line) ?? assert.fail(`header line "${line}"`);
    headers.set(
      name.toLowerCase(),
      headers.has(name.toLowerCase()) ? `${headers.get(name.toLowerCase())}, ${value}` : value,
    );
  }
  const content = bodyOf(bytes.slice(end + 4), { method, status, headers, isEnd });
  return content && { response: { status, headers, body: content.body }, rest: content.rest };
}

/** Body of a response by its framing (RFC 9112, 6.3), and the bytes after it. */
function bodyOf(
  bytes: string,
  {
    method,
    status,
    headers,
    isEnd,
  }: { method: string; status: number; headers: ReadonlyMap<string, string>; isEnd: boolean },
): { body: string; rest: string } | undefined {
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return { body: '', rest: bytes };
  const length = headers.get('content-length');
  if (headers.get('transfer-encoding') === 'chunked') {
    const whole = /^((?:[\da-f]+\r\n[^]*?\r\n)*?)0\r\n\r\n/.exec(bytes);
    return whole ? { body: whole[1] ?? '', rest: bytes.slice(whole[0].length) } : undefined;
  }
  if (length === undefined) return isEnd ? { body: bytes, rest: '' } : undefined;
  const size = Number(length);
  return bytes.length < size ? undefined : { body: bytes.slice(0, size), rest: bytes.slice(size) };
}
