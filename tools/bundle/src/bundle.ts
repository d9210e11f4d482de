import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { build, type BuildOptions, type Metafile, type Plugin } from 'esbuild';
import type { RunsAs } from '@tandem/contracts/topology-types';
import {
  type Principal,
  publishers,
  type ServiceName,
  serviceNames,
  topology,
} from '@tandem/contracts/topology';

const ROOT = join(import.meta.dirname, '../../..');
const SWAGGER_UI = 'node_modules/@fastify/swagger-ui';

/** Helpers: the test of a deployment, and the scheduled probe. */
const helpers = { 'deployment-test': 'deployment', probe: 'probe' } as const;

/** What is deployed as one bundle: each principal is a program of its own, and so is each helper. */
export type Artifact = Principal | keyof typeof helpers;

/** All artifacts: services, and relays and helpers, which are always Lambda functions (handler `main.handler`). */
export const artifacts: readonly Artifact[] = [
  ...serviceNames,
  ...publishers.map(([service]) => `${service}-relay` as const),
  ...(Object.keys(helpers) as (keyof typeof helpers)[]),
];

export interface BundleOptions {
  /**
   * How a service is run: as a process (`node main.mjs`), or as Lambda functions (handlers `main.consume` and `main.serve`).
   * Default: as in the topology.
   */
  readonly runsAs?: RunsAs | undefined;
}

/** Content of a bundle. Sources are paths in the repository. */
export interface Bundle {
  /** Size of each module in bytes. */
  readonly bytes: Readonly<Record<string, number>>;
  /** Sources loaded at start. */
  readonly sourcesAtStart: readonly string[];
  /** All sources, loaded at start or later. */
  readonly sources: readonly string[];
  /** Sources of which the bundle contains code: the others were left out as unused. */
  readonly included: readonly string[];
}

/**
 * Bundles an artifact with all of its dependencies into a directory: `main.mjs` and lazily loaded modules. The output is
 * reproducible. An existing bundle is replaced. Rejects if the service publishes nothing, so that the relay does not exist, if
 * the directory contains other files, or a source cannot be bundled.
 */
export async function bundle(
  artifact: Artifact,
  outdir: string,
  options: BundleOptions = {},
): Promise<Bundle> {
  const entry = entryOf(artifact, options);
  const present = await readdir(outdir).catch((): string[] => []);
  if (present.length > 0 && !present.includes('main.mjs'))
    throw new Error(`${outdir} contains other files. Use an empty directory.`);
  await rm(outdir, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: ROOT,
    ...entry,
    entryNames: 'main',
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
  const all = { sources, sourcesAtStart: sourcesAtStart(metafile), included: included(metafile) };
  return { bytes: Object.fromEntries(bytes), ...all };
}

/** Entry point of an artifact. That of a service that runs as functions is generated: it is the same for each. */
function entryOf(artifact: Artifact, { runsAs }: BundleOptions): Pick<BuildOptions, 'entryPoints' | 'stdin'> {
  if (!artifacts.includes(artifact)) throw new TypeError(`There is no artifact ${artifact}.`);
  if (artifact === 'deployment-test' || artifact === 'probe')
    return { entryPoints: [`tools/smoke/src/${helpers[artifact]}/main.ts`] };
  if (!isService(artifact))
    return { entryPoints: [`services/${artifact.replace(/-relay$/, '')}/src/relay/main.ts`] };
  const folder = `services/${artifact}/src`;
  if ((runsAs ?? runsAsOf(artifact)) === 'task') return { entryPoints: [`${folder}/main.ts`] };
  const contents = `import { createFunction } from '@tandem/runtime/function';
    import { service } from './service.ts';
    export const { consume, serve } = await createFunction(service, process.env);`;
  return { stdin: { contents, resolveDir: join(ROOT, folder), sourcefile: 'function.ts', loader: 'ts' } };
}

/** How an artifact is run if nothing else is asked for. */
export function runsAsOf(artifact: Artifact): RunsAs {
  return isService(artifact) ? topology.services[artifact].runsAs : 'function';
}

function isService(artifact: Artifact): artifact is ServiceName {
  return artifact in topology.services;
}

function included({ outputs }: Metafile): string[] {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  return [...new Set(inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path))];
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
