import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');

/** Commands of a document, as a reader would paste them. */
export interface Block {
  /** Such as `docs/runbook.md, Redrive dead letters, line 664`. */
  readonly name: string;
  readonly code: string;
}

/** What does not run here of the documents, with the reason; reviewed in documents.json. */
export interface Exceptions {
  /** Whole sections by their headings. */
  readonly sections: Readonly<Record<string, string>>;
  /** Lines by a text that they contain. */
  readonly lines: Readonly<Record<string, string>>;
}

/** The blocks of a document in its order, and the exceptions that were used. */
export interface Blocks {
  readonly blocks: readonly Block[];
  readonly used: ReadonlySet<string>;
}

/** Reads the shell blocks of a document, without the exceptions. */
export async function readBlocks(file: string, { sections, lines }: Exceptions): Promise<Blocks> {
  const used = new Set<string>();
  const blocks: Block[] = [];
  let heading = '';
  let open: { readonly line: number; readonly code: string[]; readonly indent: string } | undefined;
  const text = await readFile(join(ROOT, file), 'utf8');
  for (const [index, line] of text.split('\n').entries()) {
    const [, title] = /^#+ (.*)$/.exec(line) ?? [];
    const [, indent, language] = /^( *)```(\w*)$/.exec(line) ?? [];
    if (open && language === '') {
      const isExcepted = Object.hasOwn(sections, heading);
      if (isExcepted) used.add(heading);
      else blocks.push({ name: `${file}, ${heading}, line ${open.line}`, code: open.code.join('\n') });
      open = undefined;
    } else if (open) {
      const text = line.slice(open.indent.length);
      const exception = Object.keys(lines).find((part) => text.includes(part));
      // A loop must have a command.
      open.code.push(exception === undefined ? text : ':');
      if (exception !== undefined) used.add(exception);
    } else if (language === 'sh') {
      open = { line: index + 1, code: [], indent: indent ?? '' };
    } else if (title !== undefined) {
      heading = title;
    }
  }
  return { blocks, used };
}

/** Blocks in an order in which they can run: after the first, those that define a function that others use. */
export function inOrder([first, ...others]: readonly Block[]): readonly Block[] {
  const isDefinition = ({ code }: Block) => /^\w+\(\) \{/.test(code) && code.endsWith('\n}');
  return [
    ...(first ? [first] : []),
    ...others.filter(isDefinition),
    ...others.filter((it) => !isDefinition(it)),
  ];
}

/** Result of a block: what failed, or undefined. */
export interface BlockResult extends Block {
  readonly failure: string | undefined;
  readonly seconds: number;
}

export interface RunOptions {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Commands before the first block. */
  readonly prelude: string;
}

/**
 * Runs blocks one after the other in one shell, in a directory of their own, and resolves to their results. A block fails if one of its commands does, anywhere in a
 * pipeline, or if AWS responds with an error.
 */
export async function runBlocks(
  blocks: readonly Block[],
  { folder, env, prelude }: RunOptions,
): Promise<readonly BlockResult[]> {
  await mkdir(folder, { recursive: true });
  const steps = await Promise.all(
    blocks.map(async ({ code }, position) => {
      await writeFile(join(folder, `block-${position}.sh`), `${code}\n`);
      return `begin ${position}; . ./block-${position}.sh < /dev/null > out-${position}.txt 2> err-${position}.txt; finish ${position}`;
    }),
  );
  const script = [
    'set -E -o pipefail',
    'begin() { failed=; S=product T=products start=$EPOCHREALTIME; }',
    `finish() { printf '%s\\n' "$EPOCHREALTIME $start" > "time-$1.txt"; printf '%s' "$failed" > "failed-$1.txt"; }`,
    `trap 'failed="$failed exit code $? of: $BASH_COMMAND"' ERR`,
    prelude,
    ...steps,
  ].join('\n');
  await writeFile(join(folder, 'all.sh'), script);
  const child = spawn('bash', ['all.sh'], {
    cwd: folder,
    env: { ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  await once(child, 'close');
  const read = (name: string) => readFile(join(folder, name), 'utf8').catch(() => undefined);
  return Promise.all(
    blocks.map(async (block, position) => {
      const failed = await read(`failed-${position}.txt`);
      const errors = (await read(`err-${position}.txt`)) ?? '';
      const [end = 0, start = 0] = ((await read(`time-${position}.txt`)) ?? '').split(' ').map(Number);
      const isRejected = /An error occurred|^usage:|error: argument|Traceback/m.test(errors);
      const failure =
        failed === undefined
          ? 'was not run'
          : failed !== '' || isRejected
            ? `${failed}\n${errors}`.trim()
            : undefined;
      return { ...block, failure, seconds: end - start };
    }),
  );
}
