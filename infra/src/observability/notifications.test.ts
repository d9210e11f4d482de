import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alarmsOf } from '../testing/alarms.ts';
import { resources, synthesizeAll, type Templates } from '../testing/synth.ts';

const alerts = {
  page: ['on-call@example.com', 'https://alerts.example.com/page'],
  ticket: ['operators@example.com'],
};
const templates = synthesizeAll({ alerts });
const alarms = () => alarmsOf(templates);

interface Composite {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly AlarmRule: string;
  readonly AlarmActions: { Ref: string }[];
  readonly OKActions: { Ref: string }[];
  readonly ActionsSuppressor?: { 'Fn::GetAtt': [string, string] };
}

function composites({ observability }: Templates = templates): Composite[] {
  return resources({ observability }, 'AWS::CloudWatch::CompositeAlarm').map(
    ({ Properties }) => Properties as unknown as Composite,
  );
}

/** Name of the only topic that an alarm notifies, of a breach and of its end; undefined if it notifies none. */
function notified({ AlarmActions = [], OKActions = [] }: Partial<Composite>): string | undefined {
  assert.deepEqual(AlarmActions, OKActions);
  assert.ok(AlarmActions.length < 2);
  const [action] = AlarmActions;
  return action && String(templates.observability.Resources[action.Ref]?.Properties['TopicName']);
}

test('each alarm has a severity with a reason, the first step and a section of the runbook, and notifies the topic of its severity', () => {
  const members = composites().flatMap(({ AlarmRule }) =>
    [...AlarmRule.matchAll(/"([^"]+)"/g)].map(([, name]) => name),
  );
  const all = [...alarms(), ...composites().map((it) => [it.AlarmName, it] as const)];
  for (const [name, properties] of all) {
    const { AlarmDescription, ActionsEnabled } = properties as Record<string, unknown>;
    assert.notEqual(ActionsEnabled, false, name);
    const text = String(AlarmDescription);
    const [, severity] = / First: [^]+\nA (page|ticket): .+\.\ndocs\/runbook\.md#[a-z-]+$/.exec(text) ?? [];
    assert.ok(severity, `${name}: ${text}`);
    const topic = members.includes(name) ? undefined : `operators-${severity}-topic`;
    assert.equal(notified(properties as Partial<Composite>), topic, name);
  }
});

test('all alarms that page report to one of two outages, of which the events follow the requests', () => {
  const [requests, events, ...others] = composites();
  assert.ok(requests && events);
  assert.deepEqual(
    [requests.AlarmName, events.AlarmName, others],
    ['requests-impaired', 'events-impaired', []],
  );
  const membersOf = ({ AlarmRule }: Composite) =>
    AlarmRule.split(' OR ').map((term) => /^ALARM\("([^"]+)"\)$/.exec(term)?.[1] ?? term);
  const pages = [...alarms()].filter(([, { AlarmDescription }]) =>
    /\nA page: /.test(String(AlarmDescription)),
  );
  assert.deepEqual(
    [...membersOf(requests), ...membersOf(events)].toSorted(),
    pages.map(([name]) => name).toSorted(),
  );
  assert.ok(membersOf(requests).includes('edge-errors') && membersOf(events).includes('cart-relay-silent'));
  assert.equal(requests.ActionsSuppressor, undefined);
  const suppressor = templates.observability.Resources[events.ActionsSuppressor?.['Fn::GetAtt'][0] ?? ''];
  assert.equal(suppressor?.Properties['AlarmName'], 'requests-impaired');
});

test('the analytics, which no shopper calls, page nobody', () => {
  for (const [name, { AlarmDescription }] of alarms())
    if (name.startsWith('analytics-')) assert.match(String(AlarmDescription), /\nA ticket: /, name);
});

test('operators are notified at the addresses of the severity, and only CloudWatch, Budgets and rules may publish', () => {
  const { observability } = templates;
  const addresses = resources({ observability }, 'AWS::SNS::Subscription').map(
    ({ Properties: { Protocol, Endpoint, TopicArn } }) => {
      const topic = observability.Resources[(TopicArn as { Ref: string }).Ref];
      return `${topic?.Properties['TopicName']} ${Protocol} ${Endpoint}`;
    },
  );
  assert.deepEqual(addresses.toSorted(), [
    'operators-page-topic email on-call@example.com',
    'operators-page-topic https https://alerts.example.com/page',
    'operators-ticket-topic email operators@example.com',
  ]);
  const policies = resources({ observability }, 'AWS::SNS::TopicPolicy');
  const publishers = policies.map(({ Properties }) => {
    const statements = Properties['PolicyDocument'].Statement as {
      Effect: string;
      Principal: { Service: string };
    }[];
    return statements.flatMap(({ Effect, Principal }) => (Effect === 'Allow' ? Principal.Service : []));
  });
  const all = ['budgets.amazonaws.com', 'cloudwatch.amazonaws.com'];
  assert.deepEqual(publishers, [all, [...all, 'events.amazonaws.com']]);
});

test('the budget notifies at 80 % of its limit and when a forecast exceeds it', () => {
  const budgets = ({ observability }: Templates) => resources({ observability }, 'AWS::Budgets::Budget');
  const [budget] = budgets(templates);
  assert.deepEqual(budget?.Properties['Budget'].BudgetLimit, { Amount: 500, Unit: 'USD' });
  const notifications = budget?.Properties['NotificationsWithSubscribers'] as {
    Notification: { NotificationType: string; Threshold: number };
  }[];
  assert.deepEqual(
    notifications.map(({ Notification: { NotificationType, Threshold } }) => [NotificationType, Threshold]),
    [
      ['ACTUAL', 80],
      ['FORECASTED', 100],
    ],
  );
});
