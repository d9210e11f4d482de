import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { describeConfig, readConfig } from '@tandem/chassis/config';
import {
  directTopicOf,
  mapServicesAsync,
  publishers,
  type ServiceName,
  serviceNames,
  topology,
} from '@tandem/contracts/topology';
import { relayConfig } from '@tandem/relay/config';
import { environmentOf as schemaOf, type ServiceDefinition } from '@tandem/runtime/define-service';
import type { z } from 'zod';
import { heapOptions } from './context/environment.ts';
import {
  asFunctions,
  asTasks,
  type CloudFormation,
  type Resource,
  resources,
  synthesizeAll,
} from './testing/synth.ts';

const schemas = await mapServicesAsync(async (name: ServiceName) => {
  const { service } = (await import(`@tandem/${name}/service`)) as { service: ServiceDefinition };
  return schemaOf(service);
});
const templates = synthesizeAll({}, asTasks);
const functions = synthesizeAll({}, asFunctions);

function only(template: CloudFormation, type: string): Resource {
  const [resource, ...others] = resources({ product: template }, type);
  assert.ok(resource && others.length === 0, `one ${type}`);
  return resource;
}

function container(template: CloudFormation) {
  const [definition] = only(template, 'AWS::ECS::TaskDefinition').Properties['ContainerDefinitions'] as {
    Environment: { Name: string; Value: unknown }[];
    Secrets?: { Name: string }[];
  }[];
  assert.ok(definition);
  return definition;
}

function environmentOf(template: CloudFormation): Record<string, unknown> {
  return Object.fromEntries(container(template).Environment.map(({ Name, Value }) => [Name, Value]));
}

/** Properties of the functions of a service, without its relay. */
function functionsOf(template: CloudFormation) {
  return resources({ product: template }, 'AWS::Lambda::Function')
    .map(({ Properties }) => Properties)
    .filter(({ FunctionName }) => !String(FunctionName).endsWith('-relay'));
}

/** Fills in placeholders for values that AWS generates. */
function filledIn(environment: Record<string, unknown>): Record<string, string> {
  const text = (value: unknown): string => {
    if (typeof value === 'string') return value;
    const { 'Fn::Join': join } = value as { 'Fn::Join'?: [string, unknown[]] };
    return join ? join[1].map(text).join(join[0]) : 'known-to-aws';
  };
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, text(value)]));
}

function assertComplete(environment: Record<string, unknown>, config: z.ZodObject): void {
  const variables = describeConfig(config);
  const isOptional = new Set(
    variables
      .filter(({ required, default: value }) => !required && value === undefined)
      .map(({ name }) => name),
  );
  const names = (all: readonly string[]) => all.filter((name) => !isOptional.has(name)).toSorted();
  assert.deepEqual(names(Object.keys(environment)), names(variables.map(({ name }) => name)));
  readConfig(config, filledIn(environment));
}

for (const service of serviceNames) {
  test(`the task of ${service} has every variable of its schema, and no others`, () => {
    assertComplete(environmentOf(templates[service]), schemas[service]);
  });

  test(`the variables of ${service} equal the defaults of its schema, except for addresses and telemetry`, () => {
    const decidedHere = new Set(['PORT', 'HOST', 'OTEL_TRACES_SAMPLER_ARG']);
    const environment = environmentOf(templates[service]);
    for (const { name, default: value } of describeConfig(schemas[service])) {
      if (value !== undefined && !decidedHere.has(name)) assert.equal(environment[name], value, name);
    }
  });

  test(`the functions of ${service} have the variables of its tasks, without an address to listen on`, () => {
    const { PORT: _port, HOST: _host, ...expected } = environmentOf(templates[service]);
    const environments = functionsOf(functions[service]).map(({ Environment }) => Environment.Variables);
    assert.ok(environments.length > 0);
    for (const environment of environments) assert.deepEqual(environment, expected);
  });
}

for (const [service] of publishers) {
  test(`the relay of ${service} has every variable of its schema, and no others`, () => {
    const { Environment } = only(templates[service], 'AWS::Lambda::Function').Properties;
    assertComplete(Environment.Variables as Record<string, unknown>, relayConfig);
  });
}

for (const service of serviceNames) {
  test(`the task of ${service} has the addresses of its own table and queues, and of the topic of its snapshots or requests`, () => {
    const { table, queues } = topology.services[service];
    const environment = filledIn(environmentOf(templates[service]));
    const { TABLE_NAME, QUEUE_URLS, TOPIC_ARN } = environment;
    const endOf = (text: string) => text.split(/[/:]/).at(-1);
    assert.equal(TABLE_NAME, table);
    assert.deepEqual(QUEUE_URLS?.split(',').map(endOf) ?? [], queues);
    assert.equal(TOPIC_ARN && endOf(TOPIC_ARN), directTopicOf(service));
  });
}

test('the heap grows with the memory of the task; for 512 MiB the image has the same options', () => {
  const dockerfile = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8');
  assert.ok(dockerfile.includes(`ENV NODE_OPTIONS="${heapOptions(512)}"\n`));
  const sizes = [1024, 2048] as const;
  for (const memoryMiB of sizes) {
    const { cart } = synthesizeAll({ task: { cpu: 512, memoryMiB } });
    const { NODE_OPTIONS: options, ...environment } = environmentOf(cart);
    assertComplete(environment, schemas.cart);
    const [oldSpace = 0, semiSpace = 0] = [...String(options).matchAll(/=(\d+)/g)].map(([, mib]) =>
      Number(mib),
    );
    assert.equal(oldSpace + 3 * semiSpace, memoryMiB - (512 - 368), 'beside the heap, as much as in 512 MiB');
  }
  const { cart } = synthesizeAll({
    task: { cpu: 512, memoryMiB: 1024 },
    environment: { cart: { NODE_OPTIONS: '--max-old-space-size=700' } },
  });
  assert.equal(environmentOf(cart)['NODE_OPTIONS'], '--max-old-space-size=700');
});

test('settings can override variables of one service, and secrets are never plain variables', () => {
  const { product, cart } = synthesizeAll({
    environment: { cart: { RATE_LIMIT: '100' } },
    traces: { endpoint: 'https://collector.example.com', headersSecretName: 'trace-headers', share: 0.05 },
  });
  assert.equal(environmentOf(cart)['RATE_LIMIT'], '100');
  assert.equal(environmentOf(product)['RATE_LIMIT'], '5');
  assert.equal(environmentOf(cart)['OTEL_TRACES_SAMPLER_ARG'], '0.05');
  assert.deepEqual(
    container(cart).Secrets?.map(({ Name }) => Name),
    ['OTEL_EXPORTER_OTLP_HEADERS'],
  );
  assert.equal(environmentOf(cart)['OTEL_EXPORTER_OTLP_HEADERS'], undefined);
  const relay = only(cart, 'AWS::Lambda::Function').Properties['Environment'].Variables as object;
  assert.equal(Object.entries(relay).find(([name]) => name === 'OTEL_EXPORTER_OTLP_ENDPOINT')?.[1], '');
});

test('the duration of holds is a setting of the service that declares it', () => {
  assert.equal(environmentOf(templates.product)['HOLD_SECONDS'], '900');
  const { product, cart } = synthesizeAll({ holdSeconds: 0 });
  assert.equal(environmentOf(product)['HOLD_SECONDS'], '0');
  assert.equal(environmentOf(cart)['HOLD_SECONDS'], undefined);
});

test('stages in one account have separate metric namespaces', () => {
  assert.equal(environmentOf(templates.cart)['EMF_NAMESPACE'], 'Tandem');
  const { cart, observability } = synthesizeAll({ namePrefix: 'staging-' });
  assert.equal(environmentOf(cart)['EMF_NAMESPACE'], 'Tandem/staging');
  const bodies = resources({ observability }, 'AWS::CloudWatch::Dashboard').map((it) =>
    JSON.stringify(it.Properties),
  );
  assert.ok(
    bodies.every((body) => !/\\"Tandem\\"/.test(body)) &&
      bodies.some((body) => body.includes('Tandem/staging')),
  );
});

test('functions are in no network: they call endpoints by IPv4, and export spans only to collectors without secrets', () => {
  const traces = { endpoint: 'https://collector.example.com', share: 0.05 };
  const endpointOf = (headersSecretName?: string) => {
    const settings = {
      egress: 'ipv6' as const,
      traces: { ...traces, ...(headersSecretName && { headersSecretName }) },
    };
    const [properties] = functionsOf(synthesizeAll(settings).analytics);
    const environment = properties?.['Environment'].Variables as Record<string, unknown>;
    assert.equal(environment['AWS_USE_DUALSTACK_ENDPOINT'], undefined);
    assert.match(filledIn(environment)['QUEUE_URLS'] ?? '', /^https:\/\/sqs\.us-east-1\.known-to-aws\//);
    return environment['OTEL_EXPORTER_OTLP_ENDPOINT'];
  };
  assert.equal(endpointOf(), traces.endpoint);
  assert.equal(endpointOf('trace-headers'), '');
});

test('only IPv6-only tasks listen on IPv6, and call dual-stack endpoints of AWS', () => {
  assert.equal(environmentOf(templates.cart)['HOST'], '0.0.0.0');
  const { cart } = synthesizeAll({ egress: 'ipv6' });
  assert.equal(environmentOf(cart)['HOST'], '::');
  assert.equal(environmentOf(cart)['AWS_USE_DUALSTACK_ENDPOINT'], 'true');
  assert.match(filledIn(environmentOf(cart))['QUEUE_URLS'] ?? '', /^https:\/\/sqs\.us-east-1\.api\.aws\//);
});

test('each service lets in the pages of the origins in the settings, by default none (interop A15)', () => {
  const corsOrigins = ['https://shop.example', 'http://localhost:5173'];
  const { product, cart } = synthesizeAll({ corsOrigins }, asTasks);
  for (const template of [product, cart])
    assert.equal(environmentOf(template)['CORS_ORIGINS'], corsOrigins.join());
  assert.equal(environmentOf(templates.product)['CORS_ORIGINS'], '');
  const { analytics } = synthesizeAll({ corsOrigins }, asFunctions);
  for (const { Environment } of functionsOf(analytics))
    assert.equal(
      (Environment as { Variables: Record<string, unknown> }).Variables['CORS_ORIGINS'],
      corsOrigins.join(),
    );
});
