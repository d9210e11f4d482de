/** An instruction of a Dockerfile. */
export interface Instruction {
  readonly name: Name;
  readonly flags: Readonly<Record<string, string>>;
  /** Text after the flags. */
  readonly text: string;
}

const names = [
  'FROM',
  'ARG',
  'WORKDIR',
  'COPY',
  'RUN',
  'ENV',
  'USER',
  'EXPOSE',
  'HEALTHCHECK',
  'CMD',
] as const;
type Name = (typeof names)[number];

/** Parses the instructions of a Dockerfile. Throws for unsupported ones. */
export function parseDockerfile(text: string): Instruction[] {
  const lines = text.split('\n').filter((line) => !/^\s*#/.test(line));
  const logical = lines.join('\n').replaceAll(/\\\n/g, ' ').split('\n');
  return logical
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, word = '', flagged = '', rest = ''] =
        /^\s*(\w+)((?:\s+--[a-z-]+=\S+)*)\s+(.*)$/.exec(line) ?? [];
      const name = names.find((known) => known === word.toUpperCase());
      if (name === undefined) throw new Error(`Unsupported instruction: ${line}`);
      const flags = [...flagged.matchAll(/--([a-z-]+)=(\S+)/g)].map(([, flag, value]) => [flag, value]);
      return { name, flags: Object.fromEntries(flags) as Record<string, string>, text: rest.trim() };
    });
}

/** Parses a command in exec form, which needs no shell. Throws for other forms. */
export function execForm(text: string): string[] {
  const command = /^\[.*\]$/s.test(text) ? (JSON.parse(text) as unknown) : undefined;
  const isExec = Array.isArray(command) && command.every((word) => typeof word === 'string');
  if (!isExec) throw new Error(`not in exec form: ${text}`);
  return command;
}

/** Substitutes `$NAME` and `${NAME}`; unset variables are empty. Throws for other forms of substitution. */
export function substitute(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$(?:(\w+)|\{([^}]*)\})/g, (_, bare?: string, braced?: string) => {
    const name = bare ?? braced ?? '';
    if (!/^\w+$/.test(name)) throw new Error(`Unsupported substitution: ${name}`);
    return variables[name] ?? '';
  });
}

/** Returns whether a `.dockerignore` excludes a path (relative, with slashes); the last matching pattern decides. */
export function createIgnore(text: string): (path: string) => boolean {
  const rules = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ isIncluded: line.startsWith('!'), pattern: patternOf(line.replace(/^!/, '')) }));
  return (path) => rules.findLast(({ pattern }) => pattern.test(path))?.isIncluded === false;
}

/** Pattern that matches a path, and everything below it. */
function patternOf(glob: string): RegExp {
  const source = glob
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll(
      /\*\*\/|\*|\?/g,
      (wildcard) => ({ '**/': '(?:.*/)?', '*': '[^/]*', '?': '[^/]' })[wildcard] ?? '',
    );
  return new RegExp(`^${source}(?:/.*)?$`, 's');
}
