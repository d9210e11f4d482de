import { serviceNames, topology } from '@tandem/contracts/topology';
import { defineConfig } from 'vite';

/** Gateway that `npm run dev -w apps/console` proxies API requests to; start it separately. */
const gateway = 'http://127.0.0.1:8080';

/** Paths of all APIs. */
const paths = serviceNames.flatMap((service) => topology.services[service].paths);

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: { target: 'es2023', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: {
    host: '127.0.0.1',
    proxy: Object.fromEntries(
      ['/console', '/docs', ...paths, '/health', '/asyncapi.json'].map((path) => [path, gateway]),
    ),
  },
});
