import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  alarmState,
  type AlarmState,
  evaluationRange,
  type EvaluationSettings,
  type Verdict,
} from './alarm-state.ts';

const verdicts: Readonly<Record<string, Verdict>> = { '0': 'within', X: 'breaching', '-': 'missing' };
const treatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
const [OK, ALARM, INSUFFICIENT] = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;
const RETAINED = 'retained';

/** States in AWS's documentation on missing data for 3 out of 3, and 2 out of 3, by treatment in the order above. */
const documented: Readonly<Record<number, Readonly<Record<string, readonly string[]>>>> = {
  3: {
    '0-X-X': [OK, OK, OK, OK],
    '0----': [OK, OK, OK, OK],
    '-----': [INSUFFICIENT, RETAINED, ALARM, OK],
    '0XX-X': [ALARM, ALARM, ALARM, ALARM],
    '--X--': [ALARM, RETAINED, ALARM, OK],
  },
  2: {
    '0-X-X': [ALARM, ALARM, ALARM, ALARM],
    '00X0X': [ALARM, ALARM, ALARM, ALARM],
    '0-X--': [OK, OK, ALARM, OK],
    '----0': [OK, OK, ALARM, OK],
    '---X-': [ALARM, RETAINED, ALARM, OK],
  },
};

function stateOf(points: string, settings: EvaluationSettings, previous: AlarmState): AlarmState {
  const verdictsOfPoints = Array.from(points, (point) => verdicts[point] ?? 'missing');
  assert.equal(verdictsOfPoints.length, evaluationRange(settings));
  return alarmState(verdictsOfPoints, settings, previous);
}

for (const [datapointsToAlarm, rows] of Object.entries(documented)) {
  for (const [points, states] of Object.entries(rows)) {
    test(`${points}, ${datapointsToAlarm} out of 3: the state is as documented by AWS`, () => {
      for (const [i, missing] of treatments.entries()) {
        const settings = { evaluationPeriods: 3, datapointsToAlarm: Number(datapointsToAlarm), missing };
        for (const previous of [OK, ALARM]) {
          const expected = states[i] === RETAINED ? previous : states[i];
          assert.equal(stateOf(points, settings, previous), expected, `${missing}, was ${previous}`);
        }
      }
    });
  }
}

test('a single breach does not raise the alarm at once if other data is missing', () => {
  const settings = { evaluationPeriods: 3, datapointsToAlarm: 3, missing: 'missing' } as const;
  assert.deepEqual(
    ['----X', '---X-', '--X--', '-X---'].map((points) => stateOf(points, settings, OK)),
    [OK, OK, ALARM, OK],
  );
});

test('without missing data, periods older than N are ignored', () => {
  for (const missing of treatments) {
    const settings = { evaluationPeriods: 3, datapointsToAlarm: 2, missing };
    assert.equal(stateOf('XX000', settings, ALARM), OK);
    assert.equal(stateOf('00XX0', settings, OK), ALARM);
  }
});
