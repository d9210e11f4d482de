import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCompositeAlarm } from './composite-alarm.ts';

const definition = {
  AlarmRule: 'ALARM("late") OR ALARM("silent")',
  ActionsSuppressor: 'arn:aws:cloudwatch:eu-central-1:111122223333:alarm:requests',
  ActionsSuppressorWaitPeriod: 120,
  ActionsSuppressorExtensionPeriod: 180,
};

/** Minutes of notifications, with the alarms that are active in each minute. */
function notifications(minutes: readonly (readonly string[])[], properties: object = definition): number[] {
  const composite = readCompositeAlarm({ ...properties }).start();
  return minutes.flatMap((active, minute) =>
    composite.notifies((name) => active.includes(name)) ? [minute] : [],
  );
}

const { AlarmRule } = definition;

test('it notifies once for all of its members, and again after all were over', () => {
  const minutes = [[], ['late'], ['late', 'silent'], ['silent'], [], ['silent']];
  assert.deepEqual(notifications(minutes, { AlarmRule }), [1, 5]);
});

test('other alarms are none of its members', () => {
  assert.deepEqual(notifications([['other']], { AlarmRule }), []);
});

test('with a suppressor it waits whether that is raised, and then notifies', () => {
  assert.deepEqual(notifications([['late'], ['late'], ['late'], ['late']]), [2]);
});

test('it does not notify while its suppressor is in alarm, even if that was raised while it waited', () => {
  const suppressed = ['late', 'requests'];
  assert.deepEqual(notifications([['late'], suppressed, suppressed, suppressed, suppressed]), []);
});

test('nothing is lost: if it outlives its suppressor by the extension period, it notifies', () => {
  const suppressed = ['late', 'requests'];
  const alone = ['late'];
  assert.deepEqual(notifications([suppressed, alone, alone, alone, alone, alone]), [4]);
  assert.deepEqual(notifications([suppressed, alone, alone, [], []]), []);
});

test('rules other than any of its members are rejected', () => {
  for (const rule of ['ALARM("a") AND ALARM("b")', 'NOT ALARM("a")', 'OK("a")', 'ALARM(a)'])
    assert.throws(() => readCompositeAlarm({ AlarmRule: rule }), /not supported/, rule);
});
