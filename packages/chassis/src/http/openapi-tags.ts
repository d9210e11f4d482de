const SERVICE = 'Service';

/** Tag of the operations on a kind of resource, such as `Carts`; `Service` for those that every service has. */
export function tagOf(url: string): string {
  const [, resource = ''] = url.split('/');
  return ['health', 'ready'].includes(resource) ? SERVICE : resource.replace(/^./, (c) => c.toUpperCase());
}

/** Tags of a document in the order in which its page shows them: that of the service is the last. */
export function tagsOf(paths: object = {}): { readonly name: string }[] {
  const names = new Set(Object.keys(paths).map(tagOf));
  return [...[...names].filter((name) => name !== SERVICE), SERVICE].map((name) => ({ name }));
}
