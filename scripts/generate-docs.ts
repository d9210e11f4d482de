import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeConfig } from '@tandem/chassis/config';
import { asyncApiDocument } from '@tandem/contracts/asyncapi';
import { topologyDiagram } from '@tandem/contracts/diagram';
import { serviceNames, titleOf } from '@tandem/contracts/topology';
import { localConfig } from '@tandem/local/config';
import { services } from '@tandem/local/services';
import { relayConfig } from '@tandem/relay/config';
import { environmentOf } from '@tandem/runtime/define-service';
import { documented, openApiDocument } from './openapi.ts';

/** File of the documentation that is generated from code. */
export interface GeneratedFile {
  /** Relative to the root of the repository. */
  readonly path: string;
  /** Returns the text of the file; deterministic. */
  readonly render: () => string | Promise<string>;
}

/** Generated files; `npm run docs` writes them, and a test compares them with the files on disk. */
export const generatedFiles: readonly GeneratedFile[] = [
  { path: 'docs/generated/topology.md', render: topologyPage },
  { path: 'docs/generated/asyncapi.json', render: () => json(asyncApiDocument()) },
  ...documented.map((service) => ({
    path: `docs/generated/openapi-${service}.json`,
    render: async () => json(await openApiDocument(service)),
  })),
  { path: 'docs/generated/configuration.md', render: configurationPage },
];

/** URL of a generated file on disk. */
export function fileUrl({ path }: GeneratedFile): URL {
  return new URL(`../${path}`, import.meta.url);
}

function topologyPage(): string {
  const intro = 'Generated from `packages/contracts/src/topology.ts` by `npm run docs`.';
  return `# Topology\n\n${intro}\n\n\`\`\`mermaid\n${topologyDiagram()}\`\`\`\n`;
}

function configurationPage(): string {
  const sections = [
    ['The system on one machine (`npm start`)', localConfig],
    ...serviceNames.map((name) => [`The ${titleOf(name)} service`, environmentOf(services[name])] as const),
    ['The outbox relays, as Lambda functions', relayConfig],
  ] as const;
  const pages = sections.map(([title, schema]) => {
    const rows = describeConfig(schema).map(
      ({ name, description, default: value, required }) =>
        `| \`${name}\` | ${required ? 'required' : `\`${value ?? ''}\``} | ${description} |`,
    );
    return `## ${title}\n\n| variable | default | |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
  });
  const intro = 'Generated from the schemas that read the environment, by `npm run docs`.';
  return `# Configuration\n\n${intro}\n\n${pages.join('\n')}`;
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
