import { writeFile } from 'node:fs/promises';
import { areInstalled, INFRA, install } from '@tandem/cdk/packages';
import { DomainError } from '@tandem/chassis/errors';
import { oneOf, readArguments, runCommand } from '@tandem/cli/command';
import type { SettingsInput } from '../../../infra/src/settings.ts';
import type { Templates } from '../../../infra/src/testing/synth.ts';
import { type Bill, bills } from './bill.ts';
import { diffOf } from './diff.ts';
import type { Facts } from './facts.ts';
import { FACTS_FILE, readFacts, readMeasured, readPrices } from './files.ts';
import { pageOf } from './html.ts';
import { digestOfSources } from './measure/sources.ts';
import { unmeasuredWarning } from './measurement.ts';
import { excessTable, firstToBreak, itemTable, scenarioTable } from './print.ts';
import { readRevision } from './revision.ts';
import { settingsFor } from './settings.ts';
import { factsOf } from './templates.ts';
import { scenarios } from './traffic.ts';

const scenarioNames = scenarios.map(({ name }) => name);
const HELP = `npm run bill -- [options]: computes the monthly cost on AWS

Computed from the stacks of production, the measured consumption of requests and events (npm run measure), and a dated
price list.

  --scenario NAME      show the items of this scenario; default: sustained-peak;
                       ${scenarioNames.join(', ')}
  --basis              also show how the inputs of its formulas are computed
  --egress MODE        nat, endpoints or ipv6
  --capacity MODE      onDemand or provisioned
  --set NAME=VALUE     override another setting of infra, such as tasks={"min":3,"max":8}; repeatable
  --json               print all scenarios and items as JSON
  --html FILE          write an HTML page with a chart and every formula
  --diff REVISION      print the cost changes since the facts and the measurement of a git revision, as Markdown
  --write-facts        write the cost-relevant facts of the stacks of production to tools/bill/facts.json
  -h, --help           print this text
`;

const options = {
  scenario: { type: 'string', default: 'sustained-peak' },
  basis: { type: 'boolean' },
  egress: { type: 'string' },
  capacity: { type: 'string' },
  set: { type: 'string', multiple: true },
  json: { type: 'boolean' },
  html: { type: 'string' },
  diff: { type: 'string' },
  'write-facts': { type: 'boolean' },
} as const;

await runCommand(async () => {
  const { values } = readArguments({ help: HELP, options });
  if (values['write-facts']) {
    await writeFile(FACTS_FILE, `${JSON.stringify(factsOf(await templatesOf({})), undefined, 2)}\n`);
    console.log(`${FACTS_FILE} is written`);
    return 0;
  }
  const position = scenarioNames.indexOf(oneOf('--scenario', values.scenario, scenarioNames));
  const settings = settingsFor(values);
  const [measured, prices] = [readMeasured(), readPrices()];
  const isStale = measured.sources !== digestOfSources();
  const warnings = [
    isStale ? `measured on ${measured.date}, sources have changed since; run npm run measure` : undefined,
    unmeasuredWarning(measured),
  ].filter((warning) => warning !== undefined);
  for (const warning of warnings) console.error(`Warning: ${warning}`);
  const currentBills = bills({ facts: await factsFor(settings), measured, prices });

  if (values.diff !== undefined) {
    const revision = await readRevision(values.diff);
    if (!revision.measured)
      console.error(`The measurement of ${values.diff} is not comparable; only the stacks are compared.`);
    const before = bills({ facts: revision.facts, measured: revision.measured ?? measured, prices });
    console.log(diffOf(before, currentBills, values.diff));
  } else if (values.html !== undefined) {
    await writeFile(values.html, pageOf(currentBills, { measured, prices, warnings }));
    console.log(`${values.html} is written`);
  } else if (values.json) console.log(JSON.stringify({ warnings, scenarios: currentBills }, undefined, 2));
  else console.log(reportOf(currentBills, position, values.basis ?? false));
  return 0;
});

/** Facts of the stacks with some settings changed; without changes and infra's packages those in the file. */
async function factsFor(settings: Partial<SettingsInput>): Promise<Facts> {
  if (Object.keys(settings).length > 0 || areInstalled(INFRA)) return factsOf(await templatesOf(settings));
  console.error(
    `The stacks are those of tools/bill/facts.json. To synthesize them: npm ci --prefix ${INFRA}`,
  );
  return readFacts();
}

async function templatesOf(settings: Partial<SettingsInput>): Promise<Templates> {
  install(INFRA);
  const { synthesize } = await import('../../../infra/src/testing/synth.ts');
  try {
    return synthesize(settings);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new DomainError('invalid', 'settings', message, { cause });
  }
}

function reportOf(allBills: readonly Bill[], position: number, withInputs: boolean): string {
  const multiples = allBills.filter(({ name }) => name.endsWith('x'));
  return [
    scenarioTable(allBills),
    ...allBills.slice(position, position + 1).map((chosen) => itemTable(chosen, { withInputs })),
    ...multiples.map(excessTable),
    firstToBreak(multiples),
  ].join('\n\n');
}
