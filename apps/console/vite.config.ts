import { defineConfig } from 'vite';

/** `npm run dev -w apps/console` serves the sources and asks a system that runs beside it. */
const gateway = 'http://127.0.0.1:8080';

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: { target: 'es2023', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: {
    host: '127.0.0.1',
    proxy: Object.fromEntries(
      ['/console', '/products', '/carts', '/health', '/asyncapi.json'].map((path) => [path, gateway]),
    ),
  },
});
