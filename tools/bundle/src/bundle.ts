import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';

const ROOT = join(import.meta.dirname, '../../..');
const SWAGGER_UI = 'node_modules/@fastify/swagger-ui';

/** What ships, by its entry point: services as processes, relays as Lambda functions (handler `main.handler`). */
export const artifacts = {
  product: 'services/product/src/main.ts',
  cart: 'services/cart/src/main.ts',
  'product-relay': 'services/product/src/relay/main.ts',
  'cart-relay': 'services/cart/src/relay/main.ts',
} as const;

export type Artifact = keyof typeof artifacts;

/** What a bundle came to. Sources are paths in the repository. */
export interface Bundle {
  /** The size of each module. */
  readonly bytes: Readonly<Record<string, number>>;
  /** What is loaded when it starts. */
  readonly sourcesAtStart: readonly string[];
  /** What is in it, loaded at once or later. */
  readonly sources: readonly string[];
}

/**
 * Writes an artifact with everything that it needs but Node.js into a directory: `main.mjs` and the modules that it loads
 * when they are needed. The same sources give the same files. A bundle that is there already is replaced. Rejects for a
 * directory that holds anything else, and when a source cannot be bundled.
 */
export async function bundle(artifact: Artifact, outdir: string): Promise<Bundle> {
  const present = await readdir(outdir).catch((): string[] => []);
  if (present.length > 0 && !present.includes('main.mjs')) throw new Error(`${outdir} holds something else`);
  await rm(outdir, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [artifacts[artifact]],
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // Not minified: it starts no faster, and a stack in the log names its functions and lines without source maps.
    // Of packages that have both, the ES modules: what is not used of them can be left out.
    mainFields: ['module', 'main'],
    // What was CommonJS calls `require` for Node.js' own modules.
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

/** The sources of the entry point's module and of all that it imports without being asked. */
function sourcesAtStart({ outputs }: Metafile): string[] {
  const atOnce = new Set(Object.keys(outputs).filter((path) => basename(path) === 'main.mjs'));
  for (const path of atOnce) {
    for (const { path: imported, kind, external } of outputs[path]?.imports ?? []) {
      if (kind === 'import-statement' && !external) atOnce.add(imported);
    }
  }
  return [...atOnce].flatMap((path) => Object.keys(outputs[path]?.inputs ?? {}));
}

/** Swagger UI reads its pages beside its modules: below the bundle they lie where they would without one. */
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
