import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { App } from '@tandem/chassis/http/types';
import Fastify from 'fastify';
import { registerPage } from './page.ts';

const FALLBACK = '<!doctype html><title>Tandem</title>';

async function withPage(
  files: Readonly<Record<string, string>>,
  work: (app: App, directory: string) => Promise<void>,
) {
  const directory = await mkdtemp(join(tmpdir(), 'tandem-'));
  const app = Fastify() as unknown as App;
  try {
    await mkdir(join(directory, 'assets'));
    for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
    await registerPage(app, FALLBACK, directory);
    await work(app, directory);
  } finally {
    await app.close();
    await rm(directory, { recursive: true });
  }
}

test('the built page is served uncached, its hashed assets with a permanent cache', () =>
  withPage(
    { 'index.html': '<p>page</p>', 'icon.svg': '<svg/>', 'assets/a-1.js': 'let a' },
    async (app, directory) => {
      const cached = async (url: string) => {
        const { statusCode, headers } = await app.inject(url);
        assert.equal(headers['x-content-type-options'], 'nosniff');
        assert.equal(headers['referrer-policy'], 'no-referrer');
        assert.match(
          String(headers['content-security-policy']),
          /default-src 'self'.*frame-ancestors 'none'/,
        );
        return [statusCode, headers['content-type'], headers['cache-control']];
      };
      const forever = 'public, max-age=31536000, immutable';
      assert.deepEqual(await cached('/'), [200, 'text/html; charset=utf-8', 'no-cache']);
      assert.deepEqual(await cached('/icon.svg'), [200, 'image/svg+xml', 'no-cache']);
      assert.deepEqual(await cached('/assets/a-1.js'), [200, 'text/javascript; charset=utf-8', forever]);
      assert.equal((await app.inject('/assets/a-2.js')).statusCode, 404);
      assert.equal((await app.inject('/../page.ts')).statusCode, 404);
      await rm(join(directory, 'assets'), { recursive: true });
      assert.equal((await app.inject('/assets/a-1.js')).body, 'let a', 'served from memory after a rebuild');
    },
  ));

test('without a build, the fallback page is served', () =>
  withPage({}, async (app) => {
    const { statusCode, body, headers } = await app.inject('/');
    assert.deepEqual([statusCode, body], [200, FALLBACK]);
    assert.ok(headers['content-security-policy']);
  }));
