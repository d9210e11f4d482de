import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';

const source = readFileSync(new URL('../functions/live-weights.cjs', import.meta.url), 'utf8');
const forward = (...weights: readonly (readonly [string, number])[]) => [
  {
    Type: 'forward',
    ForwardConfig: {
      TargetGroups: weights.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })),
    },
  },
];
const path = [{ Field: 'path-pattern' }];
const others = [
  { Conditions: [...path, { Field: 'http-header' }], Actions: forward(['blue', 1], ['green', 0]) },
  { Conditions: path, Actions: forward(['other', 1]) },
  { Conditions: [], Actions: [{ Type: 'fixed-response' }] },
];

/** What CloudFormation is told if the listener has these rules. */
async function responseTo(
  RequestType: string,
  rules: readonly object[] | Error,
  OldResourceProperties?: object,
) {
  const sent: { url: string; body: Record<string, unknown> }[] = [];
  const exports: { handler?: (event: object) => Promise<void> } = {};
  class ElasticLoadBalancingV2Client {
    async send({ input: { ListenerArn } }: DescribeRulesCommand) {
      if (rules instanceof Error) throw rules;
      return { Rules: ListenerArn === 'replaced' ? [] : rules };
    }
  }
  class DescribeRulesCommand {
    input: { readonly ListenerArn: string };
    constructor(input: DescribeRulesCommand['input']) {
      this.input = input;
    }
  }
  runInNewContext(source, {
    exports,
    require: () => ({ ElasticLoadBalancingV2Client, DescribeRulesCommand }),
    fetch: async (url: string, { body }: { body: string }) =>
      void sent.push({ url, body: JSON.parse(body) as Record<string, unknown> }),
  });
  await exports.handler?.({
    RequestType,
    ResponseURL: 'https://cloudformation.example',
    StackId: 's',
    RequestId: 'r',
    LogicalResourceId: 'Weights',
    ResourceProperties: {
      ListenerArn: OldResourceProperties ? 'replaced' : 'listener',
      TargetGroupArns: ['blue', 'green'],
    },
    OldResourceProperties,
  });
  assert.equal(sent.length, 1);
  return sent[0]?.body ?? assert.fail();
}

test('a rule keeps the weights that ECS gave it, whichever group has the tasks', async () => {
  for (const [blue, green] of [
    [1, 0],
    [0, 100],
    [90, 10],
  ] as const) {
    const rule = { Conditions: path, Actions: forward(['green', green], ['blue', blue]) };
    const { Status, Data, PhysicalResourceId } = await responseTo('Update', [...others, rule]);
    assert.deepEqual(
      [Status, Data, PhysicalResourceId],
      ['SUCCESS', { First: blue, Second: green }, 'Weights'],
    );
  }
});

test('a new rule, or one of a rolling deployment, forwards to the first group', async () => {
  const rolling = { Conditions: path, Actions: [{ Type: 'forward', TargetGroupArn: 'blue' }] };
  for (const rules of [others, [...others, rolling]])
    assert.deepEqual((await responseTo('Create', rules))['Data'], { First: 1, Second: 0 });
});

const replacing = (...TargetGroupArns: string[]) => ({ ListenerArn: 'listener', TargetGroupArns });

test('a rule is not written if the group with the requests was replaced by an empty one', async () => {
  const rule = { Conditions: path, Actions: forward(['old blue', 1], ['green', 0]) };
  for (const [rules, old] of [
    [[...others, rule], undefined],
    [[...others, rule], replacing('old blue', 'green')],
    [others, undefined],
  ] as const) {
    const { Status, Reason, Data } = await responseTo('Update', rules, old);
    assert.deepEqual([Status, Data], ['FAILED', undefined]);
    assert.match(String(Reason), /an empty one.+runbook\.md, "A canary has two target groups"/);
  }
});

test('the group without requests may be replaced, and so may the listener', async () => {
  const rule = { Conditions: path, Actions: forward(['old blue', 0], ['green', 1]) };
  const { Data } = await responseTo('Update', [...others, rule], replacing('old blue', 'green'));
  assert.deepEqual(Data, { First: 0, Second: 1 });
});

test('without the weights the rule is not written', async () => {
  const { Status, Reason } = await responseTo('Update', new Error('throttled'));
  assert.deepEqual([Status, Reason], ['FAILED', 'The weights of the listener rule were not read: throttled']);
});

test('its removal needs no weights', async () => {
  assert.equal((await responseTo('Delete', new Error('gone')))['Status'], 'SUCCESS');
});
