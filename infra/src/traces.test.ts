import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Resource, resources, synthesizeAll, type Templates } from './testing/synth.ts';

/** Environment of each task and function, by name. */
function environments(templates: Templates): Record<string, Record<string, unknown>> {
  const tasks = resources(templates, 'AWS::ECS::TaskDefinition').map(({ Properties }) => {
    const [{ Name = '', Environment = [] } = {}] = Properties['ContainerDefinitions'] as readonly {
      Name?: string;
      Environment?: readonly { Name: string; Value: unknown }[];
    }[];
    return [Name, Object.fromEntries(Environment.map(({ Name, Value }) => [Name, Value]))] as const;
  });
  const functions = resources(templates, 'AWS::Lambda::Function')
    .filter(({ Properties }) => Properties['Environment']?.Variables?.EMF !== undefined)
    .map(
      ({ Properties }) => [String(Properties['FunctionName']), Properties['Environment'].Variables] as const,
    );
  return Object.fromEntries([...tasks, ...functions]);
}

/** Roles of tasks and functions of ours, and those of them whose policies permit to write spans. */
function rolesOf(templates: Templates) {
  const isOurs = ({ Properties }: Resource) =>
    (Properties['Tags'] as readonly { Key: string }[] | undefined)?.some(
      ({ Key }) => Key === 'tandem:principal',
    );
  const principals = resources(templates, 'AWS::IAM::Role').filter(isOurs).length;
  const permitting = resources(templates, 'AWS::IAM::Policy').filter(({ Properties }) =>
    JSON.stringify(Properties['PolicyDocument']).includes('xray:'),
  );
  return { principals, permitting };
}

test('with xray, every task and function sends signed traces to the endpoint of its region, and may (aws F6)', () => {
  const templates = synthesizeAll({ traces: { xray: true, share: 0.05 } });
  const all = Object.entries(environments(templates));
  assert.ok(all.some(([name]) => name === 'product') && all.some(([name]) => name === 'product-relay'));
  assert.ok(all.some(([name]) => name.startsWith('analytics-')));
  for (const [name, variables] of all) {
    const traces = Object.entries(variables).filter(([variable]) => variable.startsWith('OTEL_'));
    assert.deepEqual(
      Object.fromEntries(traces),
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'https://xray.us-east-1.amazonaws.com',
        OTEL_EXPORTER_OTLP_SIGNED: 'true',
        OTEL_TRACES_SAMPLER_ARG: '0.05',
      },
      name,
    );
  }
  const { principals, permitting } = rolesOf(templates);
  assert.equal(permitting.length, principals);
  for (const { Properties } of permitting)
    assert.deepEqual(Properties['PolicyDocument'].Statement, [
      {
        Action: ['xray:PutSpans', 'xray:PutSpansForIndexing', 'xray:PutTraceSegments'],
        Effect: 'Allow',
        Resource: '*',
      },
    ]);
});

test('without xray, no role may write spans, and no export is signed', () => {
  for (const traces of [undefined, { endpoint: 'https://collector.example.com' }]) {
    const templates = synthesizeAll(traces ? { traces } : {});
    assert.deepEqual(rolesOf(templates).permitting, []);
    for (const variables of Object.values(environments(templates)))
      assert.equal(variables['OTEL_EXPORTER_OTLP_SIGNED'], 'false');
  }
});
