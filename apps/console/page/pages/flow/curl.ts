import type { Step, TraceDetail } from '../../../server/protocol.ts';

/** Variable of a shell that stands for the id of a cart. */
const CART_VARIABLE = '${CART_ID}';

type Request = Step & { readonly kind: 'request' };

/** The request that started a trace; undefined if an event did, or if the request is not kept. */
export function rootRequestOf({ nodes }: TraceDetail): Request | undefined {
  const [step] = nodes[0]?.steps ?? [];
  return step?.kind === 'request' ? step : undefined;
}

/**
 * A request as a command for a shell. Secrets are not recorded, and its body only if it is given: variables stand for them, named in
 * a comment. `gateway` is a URL.
 */
export function curlOf({ method, path, cartId }: Request, gateway: string, body?: string): string {
  const isGuests = path.includes('guest-…');
  const hasSecret = path.includes('…');
  const needsToken = path.startsWith('/products')
    ? method !== 'GET'
    : !isGuests && (hasSecret || cartId !== undefined);
  const hasBody =
    method === 'PUT' ||
    method === 'PATCH' ||
    (method === 'POST' && /(?:items|merge|stock|products)$/.test(path));
  const variables = [
    ...(hasSecret ? ['CART_ID'] : []),
    ...(needsToken ? ['TOKEN'] : []),
    ...(hasBody && body === undefined ? ['BODY'] : []),
  ];
  const unknown = body === undefined ? 'secrets and bodies' : 'secrets';
  const comment = `# Set ${variables.join(', ')} first: ${unknown} are not recorded.\n`;
  const parts = [
    `curl -X ${method} "${gateway}${quoted(path)}"`,
    ...(needsToken ? ['-H "Authorization: Bearer $TOKEN"'] : []),
    ...(hasBody
      ? ['-H "Content-Type: application/json"', `-d ${body === undefined ? '"$BODY"' : literal(body)}`]
      : []),
  ];
  return (variables.length > 0 ? comment : '') + parts.join(' \\\n  ');
}

/** Text in single quotes of a shell. */
function literal(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Path between double quotes of a shell; the first secret is a variable. */
function quoted(path: string): string {
  const [before, ...after] = path
    .split(/(?:guest-)?…/)
    .map((text) => encodeURI(text).replaceAll('$', '%24').replaceAll('`', '%60'));
  return [before, ...(after.length === 0 ? [] : [after.join('…')])].join(CART_VARIABLE);
}
