import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCsv, type CsvRow } from './csv.ts';

function read(text: string) {
  const rows: CsvRow[] = [];
  const bad = readCsv(text, 3, (row) => rows.push(row));
  return { rows: rows.map(({ line, cells }) => [line, ...cells]), bad };
}

test('parses quotes, quoted commas, a byte order mark and all line endings, and counts lines', () => {
  for (const end of ['\n', '\r\n', '\r']) {
    const text = ['\uFEFFa,b,c', '1,"x, ""y""",3', '', '2,"two', 'lines",3', '3,x,y', ''].join(end);
    assert.deepEqual(read(text), {
      rows: [
        [1, 'a', 'b', 'c'],
        [2, '1', 'x, "y"', '3'],
        [4, '2', 'two\nlines', '3'],
        [6, '3', 'x', 'y'],
      ],
      bad: [],
    });
  }
});

test('rows with a wrong number of columns are reported', () => {
  const { rows, bad } = read('a,b,c\n1,2\n1,2,3,4\n1,2,3\n');
  assert.deepEqual(
    rows.map(([line]) => line),
    [1, 4],
  );
  assert.deepEqual(bad, [
    { line: 2, reason: '2 columns instead of 3' },
    { line: 3, reason: '4 columns instead of 3' },
  ]);
});

test('after a misplaced quote only its own line is skipped', () => {
  const lines = [
    'a,b,c',
    '1,12" wide,3',
    '2,b,c',
    '',
    '3,"b"x,c',
    '4,b,c',
    '5,"open,c',
    '6,b,c',
    '7,"b",c',
    '8,"open,c',
  ];
  const { rows, bad } = read(lines.join('\r\n'));
  assert.deepEqual(
    rows.map(([line]) => line),
    [1, 3, 6, 8, 9],
  );
  assert.deepEqual(
    bad.map(({ line }) => line),
    [2, 5, 7, 10],
  );
});

test('a quote that is closed lines later by another cell’s quote does not hide the rows between', () => {
  const { rows, bad } = read('a,b,c\n1,"open,c\n2,b,c\n3,b,c"\n4,b,c\n');
  assert.deepEqual(
    rows.map(([line]) => line),
    [1, 3, 5],
  );
  assert.deepEqual(
    bad.map(({ line }) => line),
    [2, 4],
  );
});

test('an empty text has no rows', () => {
  assert.deepEqual(read(''), { rows: [], bad: [] });
  assert.deepEqual(read('\n\n'), { rows: [], bad: [] });
});
