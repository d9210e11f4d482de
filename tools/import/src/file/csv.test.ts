import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BadRow, readCsv } from './csv.ts';
import type { TextLine } from './lines.ts';

/** Reads a text that arrives in batches of so many lines. */
async function read(text: string, batch = Infinity) {
  const lines = text.split('\n').map((line) => ({ text: line }));
  async function* batches(): AsyncGenerator<readonly TextLine[]> {
    for (let start = 0; start < lines.length; start += batch) yield lines.slice(start, start + batch);
  }
  const rows: (string | number)[][] = [];
  const bad: BadRow[] = [];
  for await (const record of readCsv(batches(), ',')) {
    if ('reason' in record) bad.push(record);
    else rows.push([record.line, ...record.cells]);
  }
  return { rows, bad };
}

test('parses quotes, quoted commas and line breaks, and counts lines', async () => {
  for (const batch of [1, 2, Infinity]) {
    const text = ['a,b,c', '1,"x, ""y""",3', '', '2,"two', 'lines",3', '3,x,y', ''].join('\n');
    assert.deepEqual(await read(text, batch), {
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

test('a record that continues in a later batch is one record', async () => {
  const filler = 'x'.repeat(70_000);
  const { rows, bad } = await read(`a,b,c\n1,"${filler}\n${filler}\n${filler}",3\n4,b,c\n`, 1);
  assert.deepEqual(
    rows.map(([line, first, second]) => [line, first, String(second).length]),
    [
      [1, 'a', 1],
      [2, '1', 210_002],
      [5, '4', 1],
    ],
  );
  assert.deepEqual(bad, []);
});

test('a quote that is never closed costs its own line, whatever the length of the file', async () => {
  const { rows, bad } = await read(`a,b,c\n1,"open,c\n${'2,b,c\n'.repeat(300_000)}`, 5000);
  assert.equal(rows.length, 300_001);
  assert.deepEqual(bad, [{ line: 2, reason: 'unreadable: misplaced quote' }]);
});

test('a row of empty cells is no row', async () => {
  const { rows, bad } = await read('a,b\n,\n"",""\n1,2\n,\n');
  assert.deepEqual([rows.map(([line]) => line), bad], [[1, 4], []]);
});

test('further cells that are empty are no fault', async () => {
  assert.deepEqual((await read('a,b\n1,2,,\n1,2,x\n')).bad, [{ line: 3, reason: '3 columns instead of 2' }]);
});

test('rows with a wrong number of columns are reported', async () => {
  const { rows, bad } = await read('a,b,c\n1,2\n1,2,3,4\n1,2,3\n');
  assert.deepEqual(
    rows.map(([line]) => line),
    [1, 4],
  );
  assert.deepEqual(bad, [
    { line: 2, reason: '2 columns instead of 3' },
    { line: 3, reason: '4 columns instead of 3' },
  ]);
});

test('after a misplaced quote only its own line is skipped', async () => {
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
  const { rows, bad } = await read(lines.join('\n'));
  assert.deepEqual(
    rows.map(([line]) => line),
    [1, 3, 6, 8, 9],
  );
  assert.deepEqual(
    bad.map(({ line }) => line),
    [2, 5, 7, 10],
  );
});

test('a quote that is closed lines later by another cell’s quote does not hide the rows between', async () => {
  const { rows, bad } = await read('a,b,c\n1,"open,c\n2,b,c\n3,b,c"\n4,b,c\n');
  assert.deepEqual(
    rows.map(([line]) => line),
    [1, 3, 5],
  );
  assert.deepEqual(
    bad.map(({ line }) => line),
    [2, 4],
  );
});

test('an empty text has no rows', async () => {
  assert.deepEqual(await read(''), { rows: [], bad: [] });
  assert.deepEqual(await read('\n\n'), { rows: [], bad: [] });
});
