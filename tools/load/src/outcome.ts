/** What became of a request: success, a rejection that shops meet, or an error that no client should ever get. */
export type Outcome = 'done' | `expected ${string}` | `error ${string}`;

/**
 * Rejections that shops meet: a price or the stock changed under a cart, and a checkout whose hold Product has not
 * confirmed in time.
 */
const expected: ReadonlySet<string> = new Set([
  '409 lines-changed',
  '409 insufficient-stock',
  '503 reservation-pending',
]);

const PROBLEM = 'urn:tandem:problem:';

/** Judges an answer by its status and, if it is a problem, its body. A 304 is what a conditional read asks for. */
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
