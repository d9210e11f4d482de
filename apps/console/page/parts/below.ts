/** What an address' hash names below a room: `queue/x` of `#/flow/queue/x`; nothing where it cannot be decoded. */
export function below(hash: string): string {
  try {
    return decodeURIComponent(hash).split('/').slice(2).join('/');
  } catch {
    return '';
  }
}
