import { registerCompression } from '@tandem/chassis/http/compression';
import { registerLengths } from '@tandem/chassis/http/head';
import type { App } from '@tandem/chassis/http/types';
import { registerPage } from '@tandem/console/page';
import { asyncApiDocument } from '@tandem/contracts/asyncapi';
import { type ServiceName, titleOf, topology } from '@tandem/contracts/topology';

/** Path at the gateway of the documentation of a service's API; the page is below it. */
export function docsPathOf(service: ServiceName): string {
  return `/docs/${service}`;
}

/** Start page of the gateway: links to the API of each of these services that has one. */
export function frontPage(services: readonly ServiceName[]): string {
  const links = [
    ...services
      .filter((service) => topology.services[service].paths.length > 0)
      .map((service) => [`${docsPathOf(service)}/`, `The ${titleOf(service)} API`]),
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
<p>Services that never call each other. They are coupled by events alone.</p>
<ul>
${links.map(([href, text]) => `  <li><a href="${href}">${text}</a></li>`).join('\n')}
</ul>
</html>
`;
}

/** Serves the start page and the AsyncAPI document, compressed. */
export async function registerDocuments(
  app: App,
  { page, hasConsole }: { readonly page: string; readonly hasConsole: boolean },
): Promise<void> {
  await registerCompression(app);
  registerLengths(app);
  if (hasConsole) await registerPage(app, page);
  else app.get('/', (_request, reply) => reply.type('text/html; charset=utf-8').send(page));
  app.get('/asyncapi.json', () => asyncApiDocument());
}
