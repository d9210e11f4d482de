import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, posix, relative } from 'node:path';
import { createIgnore, execForm, type Instruction, parseDockerfile, substitute } from './dockerfile.ts';

/** What an image has beside its base. */
export interface Image {
  /** Stands for `/`. */
  readonly root: string;
  /** The working directory, within the image. */
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
  readonly command: readonly string[];
  readonly healthcheck: readonly string[];
  /** The name of the image that it stands on. */
  readonly base: string;
}

type Stage = { -readonly [F in keyof Image]: Image[F] } & {
  env: Record<string, string>;
  args: Record<string, string>;
};

/**
 * Does what the Dockerfile of a folder says, without Docker: files are copied below a folder, what is to be run is run
 * there with the Node.js that runs this, and base images are taken for granted. Rejects when a command fails.
 */
export async function buildImage(
  context: string,
  into: string,
  given: Readonly<Record<string, string>>,
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
      if (name !== 'ARG') throw new Error(`before the first FROM: ${name}`);
      Object.assign(global, argumentOf(text, given));
    } else if (name === 'COPY' && flags['from'] !== undefined) {
      const from = stages.get(flags['from']);
      if (!from) throw new Error(`no such stage: ${flags['from']}`);
      await copy(instruction, from.root, stage, () => false);
    } else if (name === 'COPY') {
      await copy(instruction, context, stage, isIgnored);
    } else {
      await apply(instruction, stage, given);
    }
  }
  if (!stage) throw new Error('a Dockerfile without FROM');
  return stage;
}

async function apply({ name, text }: Instruction, stage: Stage, given: Readonly<Record<string, string>>) {
  const variables = { ...stage.args, ...stage.env };
  switch (name) {
    case 'ARG':
      return void Object.assign(stage.args, argumentOf(text, given));
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
      throw new Error(`not here: ${name}`);
  }
}

/** The value of an ARG: what was given, else its default. */
function argumentOf(text: string, given: Readonly<Record<string, string>>): Record<string, string> {
  const [name = '', value] = text.split('=');
  const chosen = given[name] ?? value;
  return chosen === undefined ? {} : { [name]: chosen };
}

function pairsOf(text: string): Record<string, string> {
  if (!/^(?:\w+=(?:"[^"\\]*"|[^\s"'\\]*)(?:\s+|$))+$/.test(text))
    throw new Error(`an ENV that is not known: ${text}`);
  const pairs = [...text.matchAll(/(\w+)=(?:"([^"]*)"|(\S*))/g)];
  return Object.fromEntries(pairs.map(([, name, quoted, bare]) => [name, quoted ?? bare])) as Record<
    string,
    string
  >;
}

/** Copies files, and what is in folders, to a folder that ends with a slash, or under a new name. */
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
    const left = (file: string) => isIgnored(relative(from, file).replaceAll('\\', '/'));
    if ((await stat(source)).isDirectory()) {
      await copyTree(source, target, left);
    } else if (left(source)) {
      throw new Error(`.dockerignore leaves out ${path}`);
    } else {
      const file = to.endsWith('/') ? join(target, basename(path)) : target;
      await mkdir(dirname(file), { recursive: true });
      await copyFile(source, file);
    }
  }
}

/** File by file: below a folder that is left out there may be one that is not. */
async function copyTree(source: string, target: string, left: (file: string) => boolean): Promise<void> {
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const [file, copied] = [join(source, entry.name), join(target, entry.name)];
    if (entry.name === 'node_modules' && left(file)) continue;
    if (entry.isDirectory()) {
      await copyTree(file, copied, left);
    } else if (!left(file)) {
      await mkdir(target, { recursive: true });
      await copyFile(file, copied);
    }
  }
}

/** Runs a command as a builder does, with nothing of our environment but what finds programs and packages. */
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
