import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type QueueName, type ServiceName, serviceNames, topology } from '@tandem/contracts/topology';
import { queueUrl } from '@tandem/emulators/messaging-config';

const unreachable = 'http://127.0.0.1:9';

const queues = Object.keys(topology.queues) as QueueName[];

/** Environment of every service on AWS, with unreachable endpoints. */
const environment = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'any',
  AWS_SECRET_ACCESS_KEY: 'any',
  AWS_ENDPOINT_URL: unreachable,
  HOST: '127.0.0.1',
  PORT: '0',
  TABLE_NAME: 'any',
  TOPIC_ARN: 'arn:aws:sns:us-east-1:000000000000:any',
  QUEUE_URLS: queues.map((queue) => queueUrl(unreachable, queue)).join(),
  AUTH_ISSUER: unreachable,
  AUTH_AUDIENCE: 'any',
  AUTH_JWKS_URL: unreachable,
};

/** Prints the URL of every module that is loaded, whatever the kind of import. */
const printModules = `data:text/javascript,${encodeURIComponent(`
import { registerHooks } from 'node:module';
registerHooks({ load(url, context, next) { console.error('loaded ' + url); return next(url, context); } });
`)}`;

/** Starts and stops a service; resolves to the URLs of the modules that it loaded. */
async function modulesOf(
  service: ServiceName,
  env: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const main = fileURLToPath(new URL(`../../../services/${service}/src/main.ts`, import.meta.url));
  const child = spawn(process.execPath, ['--import', printModules, main], {
    env: { ...environment, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const loaded = text(child.stderr);
  for await (const chunk of child.stdout) {
    if (String(chunk).includes('"msg":"started"')) break;
  }
  child.kill('SIGTERM');
  assert.deepEqual(await exited, [0, null], await loaded);
  return (await loaded).split('\n').filter((line) => line.startsWith('loaded '));
}

const openTelemetryOf = (modules: readonly string[]) =>
  modules.filter((url) => url.includes('@opentelemetry'));

for (const service of serviceNames) {
  test(`${service} does not load OpenTelemetry unless it exports spans`, async () => {
    const modules = await modulesOf(service);
    assert.ok(
      modules.some((url) => url.includes('/fastify/')),
      'the modules are printed',
    );
    assert.deepEqual(openTelemetryOf(modules), []);
  });
}

test('a service that exports spans loads OpenTelemetry', async () => {
  const modules = await modulesOf('cart', { OTEL_EXPORTER_OTLP_ENDPOINT: unreachable });
  assert.notDeepEqual(openTelemetryOf(modules), []);
});
