import { computed, signal } from '@preact/signals';

/** Current URL hash. Follows the browser history. */
export const hash = signal(location.hash);
addEventListener('hashchange', () => {
  const from = hash.peek();
  if (!isSameView(from, location.hash) && [...guards].some((mayLeave) => !mayLeave()))
    history.pushState(null, '', from);
  else hash.value = location.hash;
});

const guards = new Set<() => boolean>();

/** Asks `mayLeave` before another page, or something else on this page, is opened. Returns the function that stops it. */
export function guardView(mayLeave: () => boolean): () => void {
  guards.add(mayLeave);
  return () => void guards.delete(mayLeave);
}

function isSameView(one: string, other: string): boolean {
  const [{ page, path }, to] = [addressFrom(one), addressFrom(other)];
  return page === to.page && path === to.path;
}

/** Address below `#/`: the page, what is open on it, and its parameters. */
export interface Address {
  readonly page: string;
  /** Path below the page, decoded: `queue/x` of `#/flow/queue/x`; '' if it cannot be decoded. */
  readonly path: string;
  readonly parameters: URLSearchParams;
}

/** Current address. */
export const address = computed(() => addressFrom(hash.value));

/** Path below the current page. */
export const selected = computed(() => address.value.path);

/** Reads the address of a URL hash: `#/shop/bell?q=red`. */
export function addressFrom(hash: string): Address {
  const [path = '', query] = hash.replace(/^#\/?/, '').split('?', 2);
  const [page = '', ...rest] = path.split('/');
  return { page, path: decoded(rest.join('/')), parameters: new URLSearchParams(query) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

/** Values of an address; undefined and empty ones are omitted. */
export type Parameters = Readonly<Record<string, string | undefined>>;

/** Link to a page, or to what is open on it. Slashes in `path` stay. */
export function linkTo(page: string, path = '', parameters: Parameters = {}): string {
  const query = new URLSearchParams(
    Object.entries(parameters).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
  const below = path === '' ? '' : `/${path.split('/').map(encodeURIComponent).join('/')}`;
  return `#/${page}${below}${query.size === 0 ? '' : `?${query.toString()}`}`;
}

/** Link to a part, an arrow or a trace (`trace/…`) on the Flow page. */
export function addressOf(id: string): string {
  return linkTo('flow', id);
}

/**
 * Changes parameters of the current address; the others stay. It replaces the entry of the browser history, for texts that
 * change with each key; `isStep` adds an entry, so that Back returns to the former values.
 */
export function setParameters(changes: Parameters, isStep = false): void {
  const { page, path, parameters } = address.peek();
  const next = linkTo(page, path, { ...Object.fromEntries(parameters), ...changes });
  if (next === location.hash) return;
  if (isStep) history.pushState(null, '', next);
  else history.replaceState(null, '', next);
  hash.value = next;
}

/** Opens an address, as a click on a link does. */
export function goTo(link: string): void {
  location.hash = link;
}
