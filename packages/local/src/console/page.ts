import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import files from '@fastify/static';
import type { App } from '@tandem/chassis/http/types';

/** Where Vite puts the page. */
export const pageDirectory = join(import.meta.dirname, '../../../../console/dist');

const YEAR_SECONDS = 365 * 24 * 60 * 60;

const securityHeaders = {
  'content-security-policy': [
    "default-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** Serves the console at `/`; the page that is given where none was built. */
export async function registerPage(app: App, fallback: string, directory = pageDirectory): Promise<void> {
  if (!existsSync(join(directory, 'index.html'))) {
    app.get('/', (_request, reply) =>
      reply.headers(securityHeaders).type('text/html; charset=utf-8').send(fallback),
    );
    return;
  }
  await app.register(files, {
    root: directory,
    // A route a file: what is not there is answered as everywhere.
    wildcard: false,
    cacheControl: false,
    setHeaders: (reply, path) => {
      // What has a hash in its name never changes.
      const isHashed = path.includes(`${sep}assets${sep}`);
      reply.headers({
        ...securityHeaders,
        'cache-control': isHashed ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache',
      });
    },
  });
}
