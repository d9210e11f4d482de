import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asyncApiDocument } from '../packages/contracts/src/asyncapi.ts';
import { topologyDiagram } from '../packages/contracts/src/diagram.ts';

/** A file of the documentation that follows from code. */
export interface GeneratedFile {
  /** Relative to the root of the repository. */
  readonly path: string;
  /** The whole text of the file; the same at each call. */
  readonly render: () => string | Promise<string>;
}

/** Every generated file; `npm run docs` writes them, a test compares them with what is on disk. */
export const generatedFiles: readonly GeneratedFile[] = [
  { path: 'docs/generated/topology.md', render: topologyPage },
  { path: 'docs/generated/asyncapi.json', render: () => json(asyncApiDocument()) },
];

/** Where a generated file lies on disk. */
export function fileUrl({ path }: GeneratedFile): URL {
  return new URL(`../${path}`, import.meta.url);
}

function topologyPage(): string {
  const intro = 'Generated from `packages/contracts/src/topology.ts` by `npm run docs`.';
  return `# Topology\n\n${intro}\n\n\`\`\`mermaid\n${topologyDiagram()}\`\`\`\n`;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const file of generatedFiles) {
    const target = fileURLToPath(fileUrl(file));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, await file.render());
    console.log(file.path);
  }
}
