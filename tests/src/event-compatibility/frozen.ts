import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FrozenVersion } from './compatibility.ts';
import type { JsonSchema, Published } from '@tandem/contracts/published';
import type { RecordedEvent } from './event-recorder.ts';

/** Directory of the frozen versions. */
export const PUBLISHED = join(import.meta.dirname, '../../../packages/contracts/published');

/** Frozen version with its example events. */
export interface FrozenVersionWithEvents extends FrozenVersion {
  /** Events that a system published in all scenarios. */
  readonly recorded: readonly RecordedEvent[];
  /** Bodies of events of other producers. */
  readonly foreign: readonly string[];
}

/** Content of a frozen version. */
export type FrozenContent = Pick<FrozenVersionWithEvents, 'published' | 'recorded' | 'foreign'>;

const MANIFEST = 'manifest.json';
const name = /^v(\d+)(?:\.(\d+))?$/;

/** Reads the frozen versions in ascending order. */
export async function frozenVersions(directory = PUBLISHED): Promise<readonly FrozenVersionWithEvents[]> {
  const names = (await readdir(directory)).filter((entry) => name.test(entry));
  const inOrder = names.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return Promise.all(inOrder.map(async (version) => readVersion(directory, version)));
}

/** Name of the version after `newest`: `v2` for the first one with the schema version 2, `v1.1` for an addition to v1. */
export function nextName(newest: FrozenVersion | undefined, schemaVersion: number): string {
  if (!newest || newest.major < schemaVersion) return `v${schemaVersion}`;
  const [, major, minor = '0'] = name.exec(newest.name) ?? [];
  return `v${major}.${Number(minor) + 1}`;
}

/** Writes a new version; rejects without writing anything if it exists. */
export async function freeze(version: string, content: FrozenContent, directory = PUBLISHED): Promise<void> {
  const target = join(directory, version);
  await mkdir(directory, { recursive: true });
  await mkdir(target);
  const files = filesOf(content);
  const digests = Object.fromEntries([...files].map(([path, text]) => [path, digestOf(text)]));
  for (const [path, text] of [...files, [MANIFEST, json(digests)] as const]) {
    await mkdir(dirname(join(target, path)), { recursive: true });
    await writeFile(join(target, path), text, { flag: 'wx' });
  }
}

/** Changes of a version's files since it was frozen. */
export async function fileChangesOf(version: string, directory = PUBLISHED): Promise<readonly string[]> {
  const target = join(directory, version);
  const digests = JSON.parse(await read(join(target, MANIFEST))) as Readonly<Record<string, string>>;
  const entries = await readdir(target, { recursive: true, withFileTypes: true });
  const existing = entries
    .filter((entry) => entry.isFile() && entry.name !== MANIFEST)
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(target.length + 1)
        .replaceAll('\\', '/'),
    );
  const paths = [...new Set([...Object.keys(digests), ...existing])].toSorted();
  const changes = await Promise.all(
    paths.map(async (path) => {
      if (!existing.includes(path)) return [`${path} is removed`];
      if (digests[path] === undefined) return [`${path} is new`];
      return digests[path] === digestOf(await read(join(target, path))) ? [] : [`${path} was edited`];
    }),
  );
  return changes.flat();
}

async function readVersion(directory: string, version: string): Promise<FrozenVersionWithEvents> {
  const target = join(directory, version);
  const readSchemas = async (side: keyof Published) => {
    const files = await readdir(join(target, side));
    const schemas = files.map(async (file): Promise<[string, JsonSchema]> => [
      file.replace(/\.json$/, ''),
      JSON.parse(await read(join(target, side, file))) as JsonSchema,
    ]);
    return Object.fromEntries(await Promise.all(schemas));
  };
  const lines = async (file: string) => (await read(join(target, file))).split('\n').filter(Boolean);
  return {
    name: version,
    major: Number(name.exec(version)?.[1]),
    published: { promised: await readSchemas('promised'), accepted: await readSchemas('accepted') },
    recorded: (await lines('recorded.ndjson')).map((line) => JSON.parse(line) as RecordedEvent),
    foreign: await lines('foreign.ndjson'),
  };
}

function filesOf({ published, recorded, foreign }: FrozenContent): ReadonlyMap<string, string> {
  const schemas = (['promised', 'accepted'] as const).flatMap((side) =>
    Object.entries(published[side]).map(([type, schema]) => [`${side}/${type}.json`, json(schema)] as const),
  );
  return new Map([
    ...schemas,
    ['recorded.ndjson', recorded.map((event) => `${JSON.stringify(event)}\n`).join('')],
    ['foreign.ndjson', foreign.map((body) => `${body}\n`).join('')],
  ]);
}

/** Reads a text with `\n` at the end of lines, whatever Git's settings. */
async function read(file: string): Promise<string> {
  return (await readFile(file, 'utf8')).replaceAll('\r\n', '\n');
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
