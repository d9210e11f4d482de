import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { closedPort } from '../support/closed-port.ts';
import { startCommand } from '../support/command.ts';
import { spawnSystem } from '../support/process.ts';

test('behind a proxy that cannot reach this machine, system and commands work (interop A19)', async (t) => {
  const proxy = `http://127.0.0.1:${await closedPort(t)}`;
  const env = {
    NODE_USE_ENV_PROXY: '1',
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    NO_PROXY: 'intranet.example',
  };
  // It resolves once /health is 200, for which the gateway requests the readiness of each service.
  await using system = await spawnSystem({ EPHEMERAL: '1', ...env });
  const { gateway, aws } = system.urls;
  const products = join(system.folder, 'products.ndjson');
  await writeFile(products, '{"productId":"mug","name":"Mug","price":1200,"currency":"EUR","inventory":1}\n');
  for (const [module, ...args] of [
    ['@tandem/import/main', products, '--url', gateway],
    ['@tandem/smoke/main', gateway],
    ['@tandem/dlq/main', 'list', '--endpoint', aws],
    ['@tandem/audit/main', '--url', gateway],
  ] as const) {
    const { code, stdout, stderr } = await startCommand(module, args, { env }).exit;
    assert.equal(code, 0, `${module}: ${stdout}${stderr}`);
  }
});
