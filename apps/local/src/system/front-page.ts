import type { ServiceName } from '@tandem/contracts/topology';

/** Start page of the gateway: links to all APIs. */
export function frontPage(upstreams: Readonly<Record<ServiceName, string>>): string {
  const links = [
    ['/products', 'The catalog'],
    [`${upstreams.product}/docs`, 'The Product API'],
    [`${upstreams.cart}/docs`, 'The Cart API'],
    ['/asyncapi.json', 'The events (AsyncAPI)'],
    ['/health', 'Health'],
  ];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Tandem</title>
<style>
  body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 38rem; margin: 4rem auto; padding: 0 1rem }
  a { color: light-dark(#0550ae, #79c0ff) }
</style>
<h1>Tandem</h1>
<p>Product and Cart, two services that never call each other. They are coupled by events alone.</p>
<ul>
${links.map(([href, text]) => `  <li><a href="${href}">${text}</a></li>`).join('\n')}
</ul>
</html>
`;
}
