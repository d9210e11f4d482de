import { type ServiceName, serviceNames, titleOf, topology } from '@tandem/contracts/topology';

/** Start page of the gateway: links to the API of each service that has one, by the URLs of the services. */
export function frontPage(urls: Readonly<Record<ServiceName, string>>): string {
  const links = [
    ...serviceNames
      .filter((service) => topology.services[service].paths.length > 0)
      .map((service) => [`${urls[service]}/docs`, `The ${titleOf(service)} API`]),
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
