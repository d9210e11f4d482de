/** Builds a release; see `help`. */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { INFRA, install } from '@tandem/cdk/packages';
import { fromCaller, oneOf, readArguments, runCommand, usageError } from '@tandem/cli/command';
import { printLine } from '@tandem/cli/printable';
import { outputOf } from '@tandem/cli/run';
import { buildImages, type Digests, references } from './images.ts';
import { files } from './layout.ts';

const ROOT = join(import.meta.dirname, '../../..');
const CDK = join(ROOT, INFRA, 'node_modules/aws-cdk');

const help = `Builds what the workflow Deploy deploys to all stages: once, without rights on AWS.

  npm run release -- images FOLDER
  npm run release -- pack FOLDER --registry REGISTRY --digests FILE

  images    builds the image of each service with Docker: an OCI layout each, and digests.json
  pack      synthesizes all stages with these images, and adds the programs that deploy and test them

  --registry REGISTRY  where the images are published, such as 111122223333.dkr.ecr.us-east-1.amazonaws.com/tandem
  --digests FILE       digests.json of the images
`;

await runCommand(async () => {
  const { values, positionals } = readArguments({
    help,
    allowPositionals: true,
    options: { registry: { type: 'string' }, digests: { type: 'string' } },
  });
  const [command = '', folder, ...others] = positionals;
  const action = oneOf('COMMAND', command, ['images', 'pack']);
  if (folder === undefined || others.length > 0) throw usageError('needs exactly one FOLDER');
  const output = fromCaller(folder, process.env);
  if (action === 'images') {
    const digests = await buildImages(output, (line) => printLine(line));
    printLine(JSON.stringify(digests, undefined, 2));
    return 0;
  }
  if (values.registry === undefined || values.digests === undefined)
    throw usageError('pack needs --registry and --digests');
  const digests = JSON.parse(await readFile(fromCaller(values.digests, process.env), 'utf8')) as Digests;
  await pack(output, references(digests, values.registry));
  return 0;
});

async function pack(folder: string, images: Readonly<Record<string, string>>): Promise<void> {
  install(INFRA);
  const assembly = join(folder, files.assembly);
  await mkdir(folder, { recursive: true });
  const context = ['-c', 'stage=all', '-c', `images=${JSON.stringify(images)}`];
  await outputOf(process.execPath, [join(CDK, 'bin/cdk'), 'synth', '--quiet', ...context, '-o', assembly], {
    cwd: ROOT,
  });
  await cp(CDK, join(folder, 'cdk'), { recursive: true });
  await build({
    absWorkingDir: ROOT,
    entryPoints: { deploy: 'tools/release/src/deploy/main.ts', smoke: 'tools/smoke/src/main.ts' },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    banner: {
      js: "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);",
    },
    logLevel: 'warning',
  });
  await writeFile(join(folder, files.images), JSON.stringify(images, undefined, 2));
  printLine(`${folder}: ${Object.values(images).join(', ')}`);
}
