import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { emfDocuments, startEmf } from './emf.ts';
import { createMetrics } from './metrics.ts';

/**
 * Schema of the embedded metric format by its specification, with distributions as AWS's collectors send them (the
 * OpenTelemetry collector's awsemfexporter): statistics with up to 100 values and their counts.
 */
const name = { type: 'string', minLength: 1, maxLength: 255 };
const numbers = { type: 'array', items: { type: 'number' }, minItems: 1, maxItems: 100 };
const emf = {
  type: 'object',
  required: ['_aws'],
  properties: {
    _aws: {
      type: 'object',
      required: ['Timestamp', 'CloudWatchMetrics'],
      additionalProperties: false,
      properties: {
        Timestamp: { type: 'integer' },
        CloudWatchMetrics: {
          type: 'array',
          items: {
            type: 'object',
            required: ['Namespace', 'Dimensions', 'Metrics'],
            additionalProperties: false,
            properties: {
              Namespace: name,
              Dimensions: { type: 'array', minItems: 1, items: { type: 'array', maxItems: 30, items: name } },
              Metrics: {
                type: 'array',
                maxItems: 100,
                items: {
                  type: 'object',
                  required: ['Name'],
                  additionalProperties: false,
                  properties: { Name: name, Unit: { enum: ['Milliseconds', 'Count'] } },
                },
              },
            },
          },
        },
      },
    },
  },
  additionalProperties: {
    anyOf: [
      { type: ['number', 'string'] },
      {
        type: 'object',
        required: ['Max', 'Min', 'Sum', 'Count', 'Values', 'Counts'],
        additionalProperties: false,
        properties: {
          Max: { type: 'number' },
          Min: { type: 'number' },
          Sum: { type: 'number' },
          Count: { type: 'integer' },
          Values: numbers,
          Counts: numbers,
        },
      },
    ],
  },
};
const validate = new Ajv({ allowUnionTypes: true }).compile(emf);

const scope = { namespace: 'Tandem/test', dimensions: { service: 'sample' } };

type Document = Record<string, unknown> & ReturnType<typeof emfDocuments>[number];

/** Asserts that the document is valid and contains every dimension and metric that its metadata names. */
function assertEmf(document: Document): void {
  assert.ok(validate(document), JSON.stringify(validate.errors));
  const { _aws: metadata } = document;
  for (const { Dimensions, Metrics } of metadata.CloudWatchMetrics) {
    for (const dimension of Dimensions.flat()) assert.equal(typeof document[dimension], 'string', dimension);
    for (const { Name } of Metrics) assert.notEqual(document[Name], undefined, Name);
  }
}

test('each set of dimensions has one valid document with all of its metrics', () => {
  const metrics = createMetrics();
  metrics.count('ConflictsRetried', 3);
  metrics.observe('ConsumerBatchSize', 10);
  for (const ms of [1.00049, 20, 20]) {
    metrics.observe('RequestLatency', ms, { route: 'GET /things/:id' });
  }
  const documents = emfDocuments(metrics.take(), scope, 1_771_081_200_000) as Document[];
  for (const document of documents) assertEmf(document);
  assert.deepEqual(documents, [
    {
      _aws: {
        Timestamp: 1_771_081_200_000,
        CloudWatchMetrics: [
          {
            Namespace: 'Tandem/test',
            Dimensions: [['service']],
            Metrics: [
              { Name: 'ConflictsRetried', Unit: 'Count' },
              { Name: 'ConsumerBatchSize', Unit: 'Count' },
            ],
          },
        ],
      },
      service: 'sample',
      ConflictsRetried: 3,
      ConsumerBatchSize: { Max: 10, Min: 10, Sum: 10, Count: 1, Values: [10], Counts: [1] },
    },
    {
      _aws: {
        Timestamp: 1_771_081_200_000,
        CloudWatchMetrics: [
          {
            Namespace: 'Tandem/test',
            Dimensions: [['service', 'route']],
            Metrics: [{ Name: 'RequestLatency', Unit: 'Milliseconds' }],
          },
        ],
      },
      service: 'sample',
      route: 'GET /things/:id',
      RequestLatency: { Max: 20, Min: 1, Sum: 41, Count: 3, Values: [1, 20], Counts: [1, 2] },
    },
  ]);
});

test('a million values of every magnitude are one valid document that fits into one log line', () => {
  const metrics = createMetrics();
  for (let i = 0; i < 1_000_000; i++) metrics.observe('PropagationDelay', 10 ** ((i % 1000) / 50 - 5));
  const documents = emfDocuments(metrics.take(), scope, Date.now()) as Document[];
  assert.equal(documents.length, 1);
  for (const document of documents) assertEmf(document);
  const bytes = Buffer.byteLength(JSON.stringify(documents[0]));
  assert.ok(bytes < 16 * 1024, `${bytes} bytes: Docker's log drivers split lines from 16 KiB`);
});

test('metrics are written once a minute, on flush and on stop; without values nothing is written', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const metrics = createMetrics();
  const counts: unknown[] = [];
  const write = (line: string) =>
    void counts.push((JSON.parse(line) as Record<string, unknown>)['MessagesFailed']);
  const emf = startEmf({ metrics, ...scope, write });
  metrics.count('MessagesFailed', 2);
  t.mock.timers.tick(59_999);
  assert.deepEqual(counts, []);
  t.mock.timers.tick(1);
  assert.deepEqual(counts, [2]);
  t.mock.timers.tick(60_000);
  metrics.count('MessagesFailed', 3);
  emf.flush();
  emf.flush();
  assert.deepEqual(counts, [2, 3]);
  metrics.count('MessagesFailed', 5);
  await emf.stop();
  assert.deepEqual(counts, [2, 3, 5]);
  metrics.count('MessagesFailed');
  t.mock.timers.tick(120_000);
  assert.deepEqual(counts, [2, 3, 5], 'stopped');
});
