import {
  type IncomingMessage,
  maxHeaderSize,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { Socket } from 'node:net';
import { bareProblem } from './problem.ts';

interface Fault {
  readonly status: number;
  readonly detail: string;
}

/** Problems for requests that the HTTP parser rejects. */
const parserFaults: Record<string, Fault> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, detail: 'The request did not arrive in time. Retry it.' },
  HPE_HEADER_OVERFLOW: {
    status: 431,
    detail: 'The request line and headers are too large. Send fewer or smaller headers.',
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, detail: 'The chunk extensions are too large. Send none.' },
};
const malformed: Fault = { status: 400, detail: 'The request is not well-formed HTTP. Correct it.' };
const unknownMethod: Fault = { status: 501, detail: 'The method is not implemented. Use one of HTTP.' };
const longTarget: Fault = { status: 414, detail: 'The target of the request is too long. Shorten it.' };

const unknownVersion: Fault = { status: 505, detail: 'The HTTP version is not supported. Use HTTP/1.1.' };

/** A well-formed request line, with its version. */
const REQUEST_LINE = /^[!#$%&'*+.^_`|~\w-]+ [^ \r\n]+ HTTP\/(\d\.\d)\r\n/;

/** Error of the parser, with the bytes that it read last, and its position in them. */
type ParserError = Error & {
  readonly code?: string;
  readonly rawPacket?: unknown;
  readonly bytesParsed?: number;
};

function faultOf({ code = '', rawPacket, bytesParsed = 0 }: ParserError): Fault {
  const start = Buffer.isBuffer(rawPacket) ? rawPacket.toString('latin1') : '';
  // Earlier requests may have arrived with the faulty one.
  const line = start.slice(start.lastIndexOf('\n', bytesParsed - 1) + 1);
  const [, version] = REQUEST_LINE.exec(line) ?? [];
  if (code === 'HPE_INVALID_METHOD' && version !== undefined) return unknownMethod;
  if (code === 'HPE_INVALID_VERSION' && version !== undefined && !/^1\.[01]$/.test(version))
    return unknownVersion;
  if (
    code === 'HPE_HEADER_OVERFLOW' &&
    /^[A-Z]+ /.test(start) &&
    !start.slice(0, maxHeaderSize).includes('\n')
  )
    return longTarget;
  return parserFaults[code] ?? malformed;
}

/** Request whose headers arrived last on a connection. */
interface Latest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

const latest = new WeakMap<Socket, Latest>();

/**
 * Prepares a server for what happens outside of an app's handling of requests: CONNECT, an `Expect` other than 100-continue,
 * and, for {@link respondToParserError}, which request of a connection is the latest.
 */
export function prepareServer(server: Server): void {
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    latest.set(request.socket, { request, response });
  });
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    latest.set(request.socket, { request, response });
    const detail = 'Only 100-continue is supported in Expect. Omit the header.';
    const { headers, body } = bareProblem({ status: 417, detail });
    response.writeHead(417, headers).end(body);
  });
  server.on('connect', (_request: IncomingMessage, socket: Socket) =>
    end(socket, { status: 501, detail: 'CONNECT is not implemented: this is no proxy. Use another method.' }),
  );
}

/**
 * Responds to a request that the HTTP parser rejected, and closes the connection. The response follows those to earlier
 * requests; a request that has had its response, before the fault in its body, gets no second one.
 */
export function respondToParserError(error: ParserError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const { request, response } = latest.get(socket) ?? {};
  if (request?.complete === false && response?.headersSent) return socket.destroySoon();
  if (request?.complete !== true || response?.writableFinished) return end(socket, faultOf(error));
  response?.once('close', () => end(socket, faultOf(error)));
}

function end(socket: Socket, fault: Fault): void {
  if (!socket.writable) return void socket.destroy();
  const { headers, body } = bareProblem(fault);
  const lines = Object.entries({ date: new Date().toUTCString(), ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  socket.end(`HTTP/1.1 ${fault.status} ${STATUS_CODES[fault.status]}\r\n${lines.join('')}\r\n${body}`);
  socket.destroySoon();
}
