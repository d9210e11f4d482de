import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

/** Licences that ask for their notice at most: any package may have one. Names of SPDX. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
]);

/** Packages with another licence: where they may be, and why that is acceptable. */
const EXCEPTIONS = [
  // Covers its own files only: a tool that builds the console's page, and one that tests it. Neither is changed here, nor shipped.
  { licence: 'MPL-2.0', packages: /^(?:lightningcss(?:-.+)?|axe-core)$/, lock: 'package-lock.json' },
  // Typefaces: the licence covers the font files, which the console ships unchanged, and not what is set in them.
  { licence: 'OFL-1.1', packages: /^@fontsource-variable\//, lock: 'package-lock.json' },
  // A simulator of IAM, which `npm run test:infra` installs for itself alone. See the README's licence section.
  {
    licence: 'AGPL-3.0-or-later',
    packages: /^@cloud-copilot\/iam-(?:policy|simulate|utils)$/,
    lock: 'infra/src/testing/privileges/package-lock.json',
  },
];

/** What is read of a lock file: its packages by their paths. */
export interface Lock {
  readonly packages: Readonly<Record<string, { readonly license?: string; readonly link?: boolean }>>;
}

/**
 * Packages of all lock files, those for other platforms included, whose licence is neither allowed nor excepted: a line
 * each. Empty if there are none.
 */
export function licenceFindings(): readonly string[] {
  const locks = globSync('**/package-lock.json', { cwd: ROOT, exclude: ['**/node_modules', '.cache'] });
  return locks.flatMap((file) =>
    findingsOf(JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as Lock, file),
  );
}

/** The same for one lock file, at its path below the root. */
export function findingsOf({ packages }: Lock, file: string): readonly string[] {
  return Object.entries(packages).flatMap(([path, { license = 'none stated', link }]) => {
    const [, name] = /.*node_modules\/(.+)$/.exec(path) ?? [];
    // Workspaces are of this project.
    if (name === undefined || link || isAllowed(license)) return [];
    const isExcepted = EXCEPTIONS.some(
      (exception) =>
        exception.licence === license && exception.lock === file && exception.packages.test(name),
    );
    return isExcepted ? [] : [`${file}: ${name}: ${license}`];
  });
}

/** Whether one may choose an allowed licence. What combines licences otherwise than by a plain `OR` is not understood, and reported. */
function isAllowed(expression: string): boolean {
  const [, plain = expression] = /^\(([^()]*)\)$/.exec(expression) ?? [];
  return plain.split(' OR ').some((licence) => ALLOWED.has(licence));
}
