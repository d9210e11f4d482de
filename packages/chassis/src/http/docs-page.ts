import swaggerUi from '@fastify/swagger-ui';
import type { App } from './types.ts';

/** Of Swagger UI: scripts of the page's own host, styles also in elements. */
const POLICY = {
  'default-src': ["'self'"],
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:'],
  'object-src': ["'none'"],
  'base-uri': ["'none'"],
  'frame-ancestors': ["'none'"],
};

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="none" stroke="#0f766e" stroke-width="3">
<circle cx="8" cy="20" r="6"/><circle cx="24" cy="20" r="6"/><path d="M8 20 14 9h8l2 11"/></svg>`;

const css = `body { margin: 0 }
.tandem-bar { display: flex; gap: 1.5rem; align-items: baseline; padding: .75rem 1.25rem; background: #134e4a; color: #fff;
  font: 600 1rem/1.5 system-ui, sans-serif }
.tandem-bar a { color: #99f6e4; font-weight: 400 }`;

/** The gateway serves the page below this path, on the host of the console. */
const BEHIND_GATEWAY = '^/docs/[^/]+/';

const script = (title: string) => `const dark = matchMedia('(prefers-color-scheme: dark)');
const showScheme = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', showScheme);
showScheme();
const bar = document.createElement('header');
bar.className = 'tandem-bar';
bar.append(${JSON.stringify(title)});
if (new RegExp(${JSON.stringify(BEHIND_GATEWAY)}).test(location.pathname)) {
  const link = document.createElement('a');
  link.href = '/';
  link.textContent = 'Back to the console';
  bar.append(link);
}
document.body.prepend(bar);`;

/**
 * Serves `/docs`, a page of the OpenAPI document on which requests can be sent. A token that is entered stays in the browser.
 * Below `/docs/` all links are relative, so that a proxy may serve the page below another path.
 */
export async function registerDocsPage(app: App, name: string): Promise<void> {
  const title = `${name} API`;
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: {
      layout: 'BaseLayout',
      persistAuthorization: true,
      tryItOutEnabled: true,
      displayRequestDuration: true,
      docExpansion: 'list',
    },
    staticCSP: POLICY,
    theme: {
      title,
      favicon: [{ filename: 'icon.svg', rel: 'icon', type: 'image/svg+xml', sizes: 'any', content: icon }],
      css: [{ filename: 'bar.css', content: css }],
      js: [{ filename: 'bar.js', content: script(title) }],
    },
  });
}
