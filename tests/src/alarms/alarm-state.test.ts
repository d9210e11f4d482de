import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alarmState, type AlarmState, evaluationRange, type Judgement, type Verdict } from './alarm-state.ts';

const verdicts: Readonly<Record<string, Verdict>> = { '0': 'within', X: 'breaching', '-': 'missing' };
const treatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
const [OK, ALARM, INSUFFICIENT] = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;
const RETAINED = 'retained';

/** What AWS's page on missing data says of 3 out of 3, and of 2 out of 3: by treatment, in the order above. */
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

function stateOf(points: string, judgement: Judgement, previous: AlarmState): AlarmState {
  const seen = Array.from(points, (point) => verdicts[point] ?? 'missing');
  assert.equal(seen.length, evaluationRange(judgement));
  return alarmState(seen, judgement, previous);
}

for (const [datapointsToAlarm, rows] of Object.entries(documented)) {
  for (const [points, states] of Object.entries(rows)) {
    test(`${points}, ${datapointsToAlarm} out of 3, as AWS has it`, () => {
      for (const [i, missing] of treatments.entries()) {
        const judgement = { evaluationPeriods: 3, datapointsToAlarm: Number(datapointsToAlarm), missing };
        for (const previous of [OK, ALARM]) {
          const expected = states[i] === RETAINED ? previous : states[i];
          assert.equal(stateOf(points, judgement, previous), expected, `${missing}, was ${previous}`);
        }
      }
    });
  }
}

test('a breach alone does not ring at once where missing data counts for nothing', () => {
  const judgement = { evaluationPeriods: 3, datapointsToAlarm: 3, missing: 'missing' } as const;
  assert.deepEqual(
    ['----X', '---X-', '--X--', '-X---'].map((points) => stateOf(points, judgement, OK)),
    [OK, OK, ALARM, OK],
  );
});

test('where nothing is missing, what is older than N periods says nothing', () => {
  for (const missing of treatments) {
    const judgement = { evaluationPeriods: 3, datapointsToAlarm: 2, missing };
    assert.equal(stateOf('XX000', judgement, ALARM), OK);
    assert.equal(stateOf('00XX0', judgement, OK), ALARM);
  }
});
