import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, posix, relative } from 'node:path';
import { createIgnore, execForm, type Instruction, parseDockerfile, substitute } from './dockerfile.ts';

/** Content and configuration of an image, without its base. */
export interface Image {
  /** Directory for `/`. */
  readonly root: string;
  /** The working directory, within the image. */
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
  readonly command: readonly string[];
  readonly healthcheck: readonly string[];
  /** Name of the base image. */
  readonly base: string;
}

type Stage = { -readonly [F in keyof Image]: Image[F] } & {
  env: Record<string, string>;
  args: Record<string, string>;
};

/**
 * Builds an image from the Dockerfile of a directory without Docker: files are copied to a directory, commands run there with
 * the current Node.js, and base images are ignored. Rejects if a command fails.
 */
export async function buildImage(
  context: string,
  into: string,
  buildArgs: Readonly<Record<string, string>>,
): Promise<Image> {
  const isIgnored = createIgnore(await readFile(join(context, '.dockerignore'), 'utf8'));
  const global: Record<string, string> = { BUILDPLATFORM: 'linux/amd64' };
  const stages = new Map<string, Stage>();
  let stage: Stage | undefined;

  for (const instruction of parseDockerfile(await readFile(join(context, 'Dockerfile'), 'utf8'))) {
    const { name, text, flags } = instruction;
    if (name === 'FROM') {
      const [base = '', , alias = String(stages.size)] = substitute(text, global).split(/\s+/);
      const root = join(into, alias);
      await mkdir(root, { recursive: true });
      stage = { root, base, workdir: '/', env: {}, args: {}, user: '0', command: [], healthcheck: [] };
      stages.set(alias, stage);
    } else if (!stage) {
      if (name !== 'ARG') throw new Error(`${name} before the first FROM is not supported.`);
      Object.assign(global, argumentOf(text, buildArgs));
    } else if (name === 'COPY' && flags['from'] !== undefined) {
      const from = stages.get(flags['from']);
      if (!from) throw new Error(`There is no stage ${flags['from']}.`);
      await copy(instruction, from.root, stage, () => false);
    } else if (name === 'COPY') {
      await copy(instruction, context, stage, isIgnored);
    } else {
      await apply(instruction, stage, buildArgs);
    }
  }
  if (!stage) throw new Error('The Dockerfile has no FROM.');
  return stage;
}

async function apply({ name, text }: Instruction, stage: Stage, buildArgs: Readonly<Record<string, string>>) {
  const variables = { ...stage.args, ...stage.env };
  switch (name) {
    case 'ARG':
      return void Object.assign(stage.args, argumentOf(text, buildArgs));
    case 'ENV':
      return void Object.assign(stage.env, pairsOf(substitute(text, variables)));
    case 'WORKDIR':
      stage.workdir = posix.resolve(stage.workdir, substitute(text, variables));
      return void (await mkdir(join(stage.root, stage.workdir), { recursive: true }));
    case 'RUN':
      return run(text, join(stage.root, stage.workdir), variables);
    case 'USER':
      stage.user = text;
      return;
    case 'CMD':
      stage.command = execForm(text);
      return;
    case 'HEALTHCHECK':
      stage.healthcheck = execForm(text.replace(/^CMD\s+/, ''));
      return;
    case 'EXPOSE':
      return;
    default:
      throw new Error(`${name} is not supported.`);
  }
}

/** Value of an ARG: the build argument, or its default. */
function argumentOf(text: string, buildArgs: Readonly<Record<string, string>>): Record<string, string> {
  const [name = '', value] = text.split('=');
  const chosen = buildArgs[name] ?? value;
  return chosen === undefined ? {} : { [name]: chosen };
}

function pairsOf(text: string): Record<string, string> {
  if (!/^(?:\w+=(?:"[^"\\]*"|[^\s"'\\]*)(?:\s+|$))+$/.test(text)) throw new Error(`Unsupported ENV: ${text}`);
  const pairs = [...text.matchAll(/(\w+)=(?:"([^"]*)"|(\S*))/g)];
  return Object.fromEntries(pairs.map(([, name, quoted, bare]) => [name, quoted ?? bare])) as Record<
    string,
    string
  >;
}

/** Copies files, and the content of directories, to a directory (with a trailing slash) or under a new name. */
async function copy(
  { text }: Instruction,
  from: string,
  stage: Stage,
  isIgnored: (path: string) => boolean,
): Promise<void> {
  const paths = text.split(/\s+/);
  const to = paths.pop() ?? '';
  const target = join(stage.root, posix.resolve(stage.workdir, to));
  for (const path of paths) {
    const source = join(from, path);
    const isExcluded = (file: string) => isIgnored(relative(from, file).replaceAll('\\', '/'));
    if ((await stat(source)).isDirectory()) {
      await copyTree(source, target, isExcluded);
    } else if (isExcluded(source)) {
      throw new Error(`.dockerignore excludes ${path}.`);
    } else {
      const file = to.endsWith('/') ? join(target, basename(path)) : target;
      await mkdir(dirname(file), { recursive: true });
      await copyFile(source, file);
    }
  }
}

/** Copies file by file: an ignored directory may contain files that are not ignored. */
async function copyTree(
  source: string,
  target: string,
  isExcluded: (file: string) => boolean,
): Promise<void> {
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const [file, copied] = [join(source, entry.name), join(target, entry.name)];
    if (entry.name === 'node_modules' && isExcluded(file)) continue;
    if (entry.isDirectory()) {
      await copyTree(file, copied, isExcluded);
    } else if (!isExcluded(file)) {
      await mkdir(target, { recursive: true });
      await copyFile(file, copied);
    }
  }
}

/** Runs a command with a minimal environment, to find programs and packages. */
async function run(command: string, cwd: string, variables: Readonly<Record<string, string>>): Promise<void> {
  const passed = ['PATH', 'HOME', 'npm_config_registry', 'npm_config_cache', 'NODE_EXTRA_CA_CERTS'];
  const env = Object.fromEntries(
    passed.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );
  const child = spawn('sh', ['-c', command], {
    cwd,
    env: { ...env, npm_config_prefer_offline: 'true', ...variables },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`exit code ${code}: ${command}`);
}
