/** Outcome of a request: success, an expected rejection, or an error that no client should get. */
export type Outcome = 'done' | `expected ${string}` | `error ${string}`;

/** Expected rejections: a price or stock changed since it was read, or Product did not confirm the hold of a checkout in time. */
const expected: ReadonlySet<string> = new Set([
  '409 lines-changed',
  '409 insufficient-stock',
  '503 reservation-pending',
]);

const PROBLEM = 'urn:tandem:problem:';

/** Classifies a response by its status and, for a problem, its code. 304 is a success. */
export function outcomeOf(status: number, body: string): Outcome {
  if ((status >= 200 && status < 300) || status === 304) return 'done';
  const name = `${status} ${codeOf(body)}`.trimEnd();
  return expected.has(name) ? `expected ${name}` : `error ${name}`;
}

function codeOf(body: string): string {
  try {
    const { type } = JSON.parse(body) as { type?: unknown };
    return typeof type === 'string' && type.startsWith(PROBLEM) ? type.slice(PROBLEM.length) : '';
  } catch {
    return '';
  }
}
