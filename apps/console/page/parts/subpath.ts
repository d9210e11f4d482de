/** Path below a page in a URL hash: `queue/x` of `#/flow/queue/x`; '' if it cannot be decoded. */
export function subpathOf(hash: string): string {
  try {
    return decodeURIComponent(hash).split('/').slice(2).join('/');
  } catch {
    return '';
  }
}
