import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import type { App } from '@tandem/chassis/http/types';

/** Output directory of the Vite build. */
export const pageDirectory = join(import.meta.dirname, '../dist');

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

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/**
 * Serves the console at `/`, or the fallback page if the console was not built. Files are read into memory once (a few
 * hundred kilobytes): a concurrent start may rebuild them, while open pages still request the files of their own build.
 */
export async function registerPage(app: App, fallback: string, directory = pageDirectory): Promise<void> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const index = join(directory, 'index.html');
  const serve = (path: string, type: string, content: Buffer | string) => {
    // Assets have a content hash in their name.
    const age = path.startsWith('/assets/') ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache';
    app.get(path, async (_request, reply) =>
      reply.headers({ ...securityHeaders, 'content-type': type, 'cache-control': age }).send(content),
    );
  };
  for (const file of files) {
    const path = file === index ? '/' : `/${relative(directory, file).replaceAll(sep, '/')}`;
    serve(path, types[extname(file)] ?? 'application/octet-stream', await readFile(file));
  }
  if (!files.includes(index)) serve('/', 'text/html; charset=utf-8', fallback);
}
