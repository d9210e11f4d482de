import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { type Principal, publishers, serviceNames } from '@tandem/contracts/topology';

const ROOT = join(import.meta.dirname, '../../..');
const SWAGGER_UI = 'node_modules/@fastify/swagger-ui';

/** What is deployed as one bundle: each principal is a program of its own. */
export type Artifact = Principal;

/** Entry points of the artifacts: services as processes, relays as Lambda functions (handler `main.handler`). */
export const artifacts: ReadonlyMap<Artifact, string> = new Map<Artifact, string>([
  ...serviceNames.map((service) => [service, `services/${service}/src/main.ts`] as const),
  ...publishers.map(([service]) => [`${service}-relay`, `services/${service}/src/relay/main.ts`] as const),
]);

/** Content of a bundle. Sources are paths in the repository. */
export interface Bundle {
  /** Size of each module in bytes. */
  readonly bytes: Readonly<Record<string, number>>;
  /** Sources loaded at start. */
  readonly sourcesAtStart: readonly string[];
  /** All sources, loaded at start or later. */
  readonly sources: readonly string[];
}

/**
 * Bundles an artifact with all of its dependencies into a directory: `main.mjs` and lazily loaded modules. The output is
 * reproducible. An existing bundle is replaced. Rejects if the service publishes nothing, so that the relay does not exist, if
 * the directory contains other files, or a source cannot be bundled.
 */
export async function bundle(artifact: Artifact, outdir: string): Promise<Bundle> {
  const entryPoint = artifacts.get(artifact);
  if (entryPoint === undefined) throw new TypeError(`There is no artifact ${artifact}.`);
  const present = await readdir(outdir).catch((): string[] => []);
  if (present.length > 0 && !present.includes('main.mjs'))
    throw new Error(`${outdir} contains other files. Use an empty directory.`);
  await rm(outdir, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [entryPoint],
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // Not minified: that would not start faster, and stack traces are readable without source maps.
    // Prefers ES modules, whose unused exports can be removed.
    mainFields: ['module', 'main'],
    // Former CommonJS modules call `require` for built-in modules.
    banner: {
      js: "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url); const bundleFolder = import.meta.dirname;",
    },
    plugins: [foldersOfSwaggerUi],
    metafile: true,
    logLevel: 'warning',
  });
  const sources = Object.keys(metafile.inputs);
  if (sources.some((path) => path.startsWith(SWAGGER_UI))) {
    const pages = `${SWAGGER_UI}/static`;
    await cp(join(ROOT, pages), join(outdir, pages), { recursive: true });
  }
  const bytes = Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output.bytes]);
  return { bytes: Object.fromEntries(bytes), sources, sourcesAtStart: sourcesAtStart(metafile) };
}

/** Sources of the main module and of its static imports. */
function sourcesAtStart({ outputs }: Metafile): string[] {
  const loadedAtStart = new Set(Object.keys(outputs).filter((path) => basename(path) === 'main.mjs'));
  for (const path of loadedAtStart) {
    for (const { path: imported, kind, external } of outputs[path]?.imports ?? []) {
      if (kind === 'import-statement' && !external) loadedAtStart.add(imported);
    }
  }
  return [...loadedAtStart].flatMap((path) => Object.keys(outputs[path]?.inputs ?? {}));
}

/** Swagger UI reads its pages relative to its modules: they keep their path below the bundle. */
const foldersOfSwaggerUi: Plugin = {
  name: 'folders-of-swagger-ui',
  setup(bundling) {
    bundling.onLoad({ filter: /[/\\]@fastify[/\\]swagger-ui[/\\].*\.js$/ }, async ({ path }) => {
      const folder = relative(ROOT, dirname(path)).replaceAll('\\', '/');
      const source = await readFile(path, 'utf8');
      return {
        contents: `const __dirname = require('node:path').join(bundleFolder, '${folder}');\n${source}`,
        loader: 'js',
      };
    });
  },
};
