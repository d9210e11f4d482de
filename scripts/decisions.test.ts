import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'docs/decisions');
const read = (path: string) => readFileSync(path, 'utf8');
const decisions = globSync('[0-9]*.md', { cwd: folder }).toSorted();
const titleOf = (file: string) => read(join(folder, file)).split('\n')[0]?.replace(/^# /, '') ?? '';

test('decisions are numbered without a gap', () => {
  assert.deepEqual(
    decisions.map((file) => Number(file.slice(0, 3))),
    decisions.map((_, i) => i + 1),
  );
});

for (const file of decisions) {
  test(`decision ${file} has a title, a status, a date and four parts on 30 lines at most`, () => {
    const text = read(join(folder, file));
    assert.match(text, /^# \S.*\n\nStatus: (accepted|superseded by \d{3})\. Date: \d{4}-\d\d-\d\d\.\n/);
    const parts = ['**Context.**', '**Decision.**', '**Consequences.**', '**Revisit when**'];
    const lines = text.split('\n');
    const positions = parts.map((part) =>
      lines.findIndex((line) => line === part || line.startsWith(`${part} `)),
    );
    assert.ok(!positions.includes(-1), `one of ${parts.join(', ')} is missing`);
    assert.deepEqual(
      positions,
      positions.toSorted((a, b) => a - b),
    );
    assert.ok(text.trimEnd().split('\n').length <= 30);
  });
}

test('the index lists every decision by its title', () => {
  const listed = [...read(join(folder, 'README.md')).matchAll(/\[(\d{3})\]\((.+?)\)[^|]*\| ([^|]+?) +\|/g)];
  assert.deepEqual(
    listed.map(([, , file, title]) => [file, title]),
    decisions.map((file) => [file, titleOf(file)]),
  );
});

test('links between documents lead to files and headings that exist', () => {
  const documents = globSync(['*.md', 'docs/**/*.md'], { cwd: root });
  const anchorsOf = (path: string) =>
    [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    );
  const broken = documents.flatMap((document) =>
    [...read(join(root, document)).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].flatMap(([, link = '']) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? join(root, document) : join(root, dirname(document), path);
      const exists = globSync(basename(target), { cwd: dirname(target) }).length > 0;
      if (!exists) return [`${document}: ${link}`];
      return anchor === undefined || anchorsOf(target).includes(anchor) ? [] : [`${document}: ${link}`];
    }),
  );
  assert.deepEqual(broken, []);
});
