/** An instruction of a Dockerfile. */
export interface Instruction {
  readonly name: Name;
  readonly flags: Readonly<Record<string, string>>;
  /** What follows the flags, as it is written. */
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

/** The instructions of a Dockerfile. Throws for one that is not known: what it would do, nobody here has tried. */
export function parseDockerfile(text: string): Instruction[] {
  const lines = text.split('\n').filter((line) => !/^\s*#/.test(line));
  const logical = lines.join('\n').replaceAll(/\\\n/g, ' ').split('\n');
  return logical
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, word = '', flagged = '', rest = ''] =
        /^\s*(\w+)((?:\s+--[a-z-]+=\S+)*)\s+(.*)$/.exec(line) ?? [];
      const name = names.find((known) => known === word.toUpperCase());
      if (name === undefined) throw new Error(`an instruction that is not known: ${line}`);
      const flags = [...flagged.matchAll(/--([a-z-]+)=(\S+)/g)].map(([, flag, value]) => [flag, value]);
      return { name, flags: Object.fromEntries(flags) as Record<string, string>, text: rest.trim() };
    });
}

/** A command in exec form: what it runs needs no shell. Throws for any other form. */
export function execForm(text: string): string[] {
  const command = /^\[.*\]$/s.test(text) ? (JSON.parse(text) as unknown) : undefined;
  const isExec = Array.isArray(command) && command.every((word) => typeof word === 'string');
  if (!isExec) throw new Error(`not in exec form: ${text}`);
  return command;
}

/** The text with `$NAME` and `${NAME}` replaced; what is not set is empty. Throws for other forms of substitution. */
export function substitute(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$(?:(\w+)|\{([^}]*)\})/g, (_, bare?: string, braced?: string) => {
    const name = bare ?? braced ?? '';
    if (!/^\w+$/.test(name)) throw new Error(`a substitution that is not known: ${name}`);
    return variables[name] ?? '';
  });
}

/** Whether a `.dockerignore` leaves a path (relative, with slashes) out of the context: the last pattern that matches decides. */
export function createIgnore(text: string): (path: string) => boolean {
  const rules = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ kept: line.startsWith('!'), pattern: patternOf(line.replace(/^!/, '')) }));
  return (path) => rules.findLast(({ pattern }) => pattern.test(path))?.kept === false;
}

/** Matches a path, and all that is below one that it matches. */
function patternOf(glob: string): RegExp {
  const source = glob
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll(
      /\*\*\/|\*|\?/g,
      (wildcard) => ({ '**/': '(?:.*/)?', '*': '[^/]*', '?': '[^/]' })[wildcard] ?? '',
    );
  return new RegExp(`^${source}(?:/.*)?$`, 's');
}
