import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { resources, synthesize } from './testing/synth.ts';

const root = join(import.meta.dirname, '../..');
const pages = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: root })];

/** What is read of a page: not its listings. */
function proseOf(page: string): string {
  return readFileSync(join(root, page), 'utf8').replaceAll(/^ *(`{3,})[^]*?^ *\1$/gm, '');
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): Set<string> {
  const seen = new Map<string, number>();
  const anchors = [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => {
    const slug = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
  return new Set(anchors);
}

test('whoever is called by an alarm finds its section in the runbook', () => {
  const alarms = resources({ observability: synthesize().observability }, 'AWS::CloudWatch::Alarm');
  const sections = alarms.map(({ Properties: { AlarmDescription: description } }) => {
    const [, section] = /\ndocs\/runbook\.md#([a-z-]+)$/.exec(String(description)) ?? [];
    assert.ok(section, `no section in "${description}"`);
    return section;
  });
  assert.ok(sections.length > 0);
  assert.deepEqual(
    [...new Set(sections)].filter((it) => !anchorsOf('docs/runbook.md').has(it)),
    [],
  );
});

test('what the runbook deploys or compares is one stack: not those as well that it stands on, as they are in the checkout', () => {
  const commands = readFileSync(join(root, 'docs/runbook.md'), 'utf8').match(
    /npx cdk (?:deploy|diff|destroy)\b[^\n`#]*/g,
  );
  assert.ok(commands && commands.length >= 4);
  assert.deepEqual(
    commands.filter((command) => !command.includes(' --exclusively')),
    [],
  );
});

test('wherever the runbook takes back drift of a context, it says when a canary forbids it', () => {
  const paragraphs = readFileSync(join(root, 'docs/runbook.md'), 'utf8').split('\n\n');
  const reverting = paragraphs.filter((it) => /npx cdk deploy[^\n]*--revert-drift/.test(it));
  assert.ok(reverting.length >= 2);
  assert.deepEqual(
    reverting.filter((it) => !it.includes('](#a-canary-has-two-target-groups)')),
    [],
  );
});

for (const page of pages) {
  test(`what ${page} links to and names is there`, () => {
    const prose = proseOf(page);
    const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
    const broken = links.filter((target) => {
      if (/^https?:/.test(target)) return false;
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page : join(dirname(page), path);
      return !existsSync(join(root, file)) || (anchor !== undefined && !anchorsOf(file).has(anchor));
    });
    const named = [...prose.matchAll(/`((?:infra|docs|packages|services|scripts|tests)\/[\w./-]*)`/g)];
    const missing = named.flatMap(([, path = '']) => (existsSync(join(root, path)) ? [] : [path]));
    assert.deepEqual({ broken, missing }, { broken: [], missing: [] });
  });
}
