import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { bills } from '@tandem/bill/bill';
import type { Preset } from '@tandem/bill/facts';
import { readFacts, readMeasured, readPrices } from '@tandem/bill/files';
import { billPage, type BillsByPreset, presetTable } from '@tandem/bill/markdown';
import { type Scenario, scenarios } from '@tandem/bill/traffic';
import { describeConfig, readConfig } from '@tandem/chassis/config';
import { createAuthenticator } from '@tandem/chassis/http/auth';
import { createLogger } from '@tandem/chassis/logger';
import { createMetrics } from '@tandem/chassis/metrics';
import { asyncApiDocument } from '@tandem/contracts/asyncapi';
import { topologyDiagram } from '@tandem/contracts/diagram';
import { type ServiceName, serviceNames, titleOf, topology } from '@tandem/contracts/topology';
import { localConfig } from '@tandem/local/config';
import { services } from '@tandem/local/services';
import { relayConfig } from '@tandem/relay/config';
import { environmentOf } from '@tandem/runtime/define-service';
import { createTable } from '@tandem/storage/create-table';
import { openSqlite } from '@tandem/storage/sqlite';
import { z } from 'zod';

/** File of the documentation that is generated from code. */
export interface GeneratedFile {
  /** Relative to the root of the repository. */
  readonly path: string;
  /** Returns the text of the file; deterministic. */
  readonly render: () => string | Promise<string>;
}

/** Services with an API. */
const documented = serviceNames.filter((service) => topology.services[service].paths.length > 0);

const README_SCENARIOS = new Set(['minimal', 'average', 'sustained-peak', 'worst', '10x']);

/** Generated files; `npm run docs` writes them, and a test compares them with the files on disk. */
export const generatedFiles: readonly GeneratedFile[] = [
  { path: 'docs/generated/topology.md', render: topologyPage },
  { path: 'docs/generated/asyncapi.json', render: () => json(asyncApiDocument()) },
  ...documented.map((service) => ({
    path: `docs/generated/openapi-${service}.json`,
    render: async () => json(await openApiDocument(service)),
  })),
  { path: 'docs/generated/configuration.md', render: configurationPage },
  { path: 'docs/generated/bill.md', render: () => billPage(billsByPreset(scenarios), readMeasured().date) },
  { path: 'README.md', render: readme },
];

/** URL of a generated file on disk. */
export function fileUrl({ path }: GeneratedFile): URL {
  return new URL(`../${path}`, import.meta.url);
}

/** Bills of the stacks of production with each preset of the capacity, from the stored facts. */
function billsByPreset(chosen: readonly Scenario[]): BillsByPreset {
  const inputs = { measured: readMeasured(), prices: readPrices() };
  const billsOf = (preset: Preset) => bills({ ...inputs, facts: readFacts(preset) }, chosen);
  return { onDemand: billsOf('onDemand'), steady: billsOf('steady') };
}

/** The readme, whose table of the bill is generated between two comments. */
async function readme(): Promise<string> {
  const text = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const shown = scenarios.filter(({ name }) => README_SCENARIOS.has(name));
  const [start, end] = ['<!-- The bill, by npm run docs -->', '<!-- End of the bill -->'];
  const [before, rest] = text.split(start);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`README.md needs the comments ${start} and ${end}, for a table.`);
  return `${before}${start}\n\n${presetTable(billsByPreset(shown))}\n\n${end}${after}`;
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

/** OpenAPI document of a service, which is not started for it. */
async function openApiDocument(name: ServiceName): Promise<object> {
  const { create, variables } = services[name];
  const { app } = await create(
    {
      table: createTable(openSqlite(':memory:').driver, { now: () => Date.now() }),
      sns: new SNSClient({ region: 'none' }),
      sqs: new SQSClient({ region: 'none' }),
      topicArn: '',
      queueUrls: {},
      auth: createAuthenticator({ issuer: '', audience: '', jwks: { keys: [] } }),
      logger: createLogger({ name: 'docs', level: 'silent' }),
      metrics: createMetrics(),
      tracer: undefined,
    },
    readConfig(z.object(variables), {}),
  );
  return (await app.inject('/openapi.json')).json<object>();
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
