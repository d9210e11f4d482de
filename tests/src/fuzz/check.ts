import type { Request } from './request.ts';
import type { Answer } from './send.ts';

const PROBLEM = 'application/problem+json';

/** What is wrong with an answer: with the document, with the contract, or with what was asked. */
export function faultsOf(request: Request, answer: Answer): string[] {
  const faults = [...againstDocument(request, answer), ...againstRequest(request, answer)];
  if (answer.status >= 400) faults.push(...againstProblem(answer));
  for (const name of demandedHeaders(request, answer))
    if (answer.headers[name] === undefined) faults.push(`the header ${name} is missing`);
  return faults;
}

/** Everything that a client sends is its own fault: nothing is a 5xx, and a ready system sheds no single client's load. */
function againstDocument({ operation, method }: Request, { status, headers, text }: Answer): string[] {
  if (status >= 500) return [`the status ${status}`];
  const isOther = method !== operation.method;
  const described = operation.responses[status] ?? operation.responses['default'];
  if (isOther) return status >= 400 ? [] : [`an undocumented method is answered by ${status}`];
  if (described === undefined)
    return status >= 400 && isForAnyRoute(status) ? [] : [`the status ${status} is not documented`];
  const missing = Object.entries(described.headers ?? {})
    .filter(([name, { required = true }]) => required && headers[name.toLowerCase()] === undefined)
    .map(([name]) => `the documented header ${name} is missing`);
  return [
    ...missing,
    ...againstContent(described.content, operation.document, headers['content-type'], text),
  ];
}

/** What the server says before it looks for a route's answers: token, path, size of the request. */
function isForAnyRoute(status: number): boolean {
  return [400, 401, 404, 405, 413, 414, 415, 417, 431].includes(status);
}

function againstContent(
  content: Request['operation']['responses'][string]['content'],
  document: Request['operation']['document'],
  type: string | undefined,
  text: string,
): string[] {
  if (content === undefined) return text === '' ? [] : ['a body where none is documented'];
  const described = content[type?.split(';', 1)[0]?.trim() ?? ''];
  if (described === undefined) return [`the content type ${type} is not documented`];
  try {
    const fault = document.faultOf(described.schema, JSON.parse(text));
    return fault === undefined ? [] : [`the body is not as documented: ${fault}`];
  } catch (error) {
    return [`the body is no JSON: ${String(error)}`];
  }
}

function againstRequest({ verdict, authorization }: Request, { status, text }: Answer): string[] {
  const isRefused = status >= 400;
  if (verdict === 'invalid' && !isRefused) return ['what the document forbids is accepted'];
  if (authorization === 'invalid' && !isRefused)
    return ['it is accepted without the token that is documented'];
  if (verdict !== 'valid' || authorization !== 'valid') return [];
  const isMisread =
    [401, 403, 405, 413, 414, 415, 431].includes(status) ||
    /"type":"urn:tandem:problem:(invalid-input|malformed)/.test(text);
  return isMisread ? ['what the document allows is refused as invalid'] : [];
}

/** The headers that the contract, or RFC 9110, has an answer bring whatever the document says. */
function demandedHeaders({ method }: Request, { status }: Answer): readonly string[] {
  const ofStatus = { 401: 'www-authenticate', 405: 'allow', 429: 'retry-after', 503: 'retry-after' }[status];
  const ofMethod = method === 'POST' && status === 201 ? 'location' : undefined;
  // What the HTTP parser refuses never was a request with a trace.
  const trace = status === 431 ? undefined : 'traceparent';
  return ['x-request-id', trace, ofStatus, ofMethod].filter((name) => name !== undefined);
}

/** RFC 9457, with our request id. */
function againstProblem({ status, headers, text }: Answer): string[] {
  if (headers['content-type'] !== PROBLEM) return [`an error of the type ${headers['content-type']}`];
  const problem = JSON.parse(text) as Record<string, unknown>;
  const faults = [
    problem['status'] === status ? '' : 'status',
    problem['requestId'] === headers['x-request-id'] ? '' : 'requestId',
    /^urn:tandem:problem:[a-z-]+$/.test(String(problem['type'])) ? '' : 'type',
    String(problem['type']).endsWith(':invalid-input') && !Array.isArray(problem['errors']) ? 'errors' : '',
    ...['title', 'detail'].map((field) =>
      typeof problem[field] === 'string' && problem[field] !== '' ? '' : field,
    ),
  ].filter((field) => field !== '');
  return faults.map((field) => `the problem's ${field} is wrong`);
}
