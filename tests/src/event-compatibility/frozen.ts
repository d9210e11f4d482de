import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FrozenVersion } from './compatibility.ts';
import type { JsonSchema, Published } from '@tandem/contracts/published';
import type { Told } from './event-recorder.ts';

/** Where the versions lie that are frozen. */
export const PUBLISHED = join(import.meta.dirname, '../../../packages/contracts/published');

/** A version as it lies on disk. */
export interface Frozen extends FrozenVersion {
  /** What a running system told over the whole loop. */
  readonly recorded: readonly Told[];
  /** Bodies as they came or may come from others. */
  readonly foreign: readonly string[];
}

/** What a version freezes. */
export type Content = Pick<Frozen, 'published' | 'recorded' | 'foreign'>;

const MANIFEST = 'manifest.json';
const name = /^v(\d+)(?:\.(\d+))?$/;

/** The versions that are frozen, oldest first. */
export async function frozenVersions(directory = PUBLISHED): Promise<readonly Frozen[]> {
  const names = (await readdir(directory)).filter((entry) => name.test(entry));
  const inOrder = names.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return Promise.all(inOrder.map(async (version) => readVersion(directory, version)));
}

/** What a version behind `newest` is called: `v2` where its events say 2 for the first time, `v1.1` where v1 grew. */
export function nextName(newest: FrozenVersion | undefined, schemaVersion: number): string {
  if (!newest || newest.major < schemaVersion) return `v${schemaVersion}`;
  const [, major, minor = '0'] = name.exec(newest.name) ?? [];
  return `v${major}.${Number(minor) + 1}`;
}

/** Writes a version that is not there yet; rejects, with nothing written, where it is. */
export async function freeze(version: string, content: Content, directory = PUBLISHED): Promise<void> {
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

/** What was done to a version since it was frozen; empty where nothing was. */
export async function changesOf(version: string, directory = PUBLISHED): Promise<readonly string[]> {
  const target = join(directory, version);
  const digests = JSON.parse(await read(join(target, MANIFEST))) as Readonly<Record<string, string>>;
  const entries = await readdir(target, { recursive: true, withFileTypes: true });
  const there = entries
    .filter((entry) => entry.isFile() && entry.name !== MANIFEST)
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(target.length + 1)
        .replaceAll('\\', '/'),
    );
  const paths = [...new Set([...Object.keys(digests), ...there])].toSorted();
  const changes = await Promise.all(
    paths.map(async (path) => {
      if (!there.includes(path)) return [`${path} is gone`];
      if (digests[path] === undefined) return [`${path} is new`];
      return digests[path] === digestOf(await read(join(target, path))) ? [] : [`${path} was edited`];
    }),
  );
  return changes.flat();
}

async function readVersion(directory: string, version: string): Promise<Frozen> {
  const target = join(directory, version);
  const side = async (side: keyof Published) => {
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
    published: { promised: await side('promised'), accepted: await side('accepted') },
    recorded: (await lines('recorded.ndjson')).map((line) => JSON.parse(line) as Told),
    foreign: await lines('foreign.ndjson'),
  };
}

function filesOf({ published, recorded, foreign }: Content): ReadonlyMap<string, string> {
  const schemas = (['promised', 'accepted'] as const).flatMap((side) =>
    Object.entries(published[side]).map(([type, schema]) => [`${side}/${type}.json`, json(schema)] as const),
  );
  return new Map([
    ...schemas,
    ['recorded.ndjson', recorded.map((told) => `${JSON.stringify(told)}\n`).join('')],
    ['foreign.ndjson', foreign.map((body) => `${body}\n`).join('')],
  ]);
}

/** As on the machine that wrote it, also where Git ends lines in another way. */
async function read(file: string): Promise<string> {
  return (await readFile(file, 'utf8')).replaceAll('\r\n', '\n');
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
