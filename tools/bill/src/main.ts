import { readFile, writeFile } from 'node:fs/promises';
import { areInstalled, INFRA, install } from '@tandem/cdk/packages';
import { DomainError } from '@tandem/chassis/errors';
import type { SettingsInput } from '../../../infra/src/settings.ts';
import type { Templates } from '../../../infra/src/testing/synth.ts';
import { mix } from '@tandem/load/mix';
import { readArguments, runCommand, usageError } from '@tandem/cli/command';
import { type Bill, bills } from './bill.ts';
import { diffOf } from './diff.ts';
import type { Facts } from './facts.ts';
import { pageOf } from './html.ts';
import { digestOfSources } from './measure/sources.ts';
import { hasMeasured, readMeasured } from './measured.ts';
import { readPrices } from './prices.ts';
import { excessTable, firstToBreak, itemTable, scenarioTable } from './print.ts';
import { readRevision } from './revision.ts';
import { settingsFor } from './settings.ts';
import { FACTS_FILE, factsOf } from './templates.ts';

const HELP = `npm run bill -- [options]: computes the monthly cost on AWS

Computed from the stacks of production, the measured consumption of requests and events (npm run measure), and a dated
price list.

  --scenario NAME      show the items of this scenario: minimal, average, bursty, sustained-peak, worst, 10x, 100x, 1000x;
                       default: sustained-peak
  --basis              also show how the inputs of its formulas are computed
  --egress MODE        nat, endpoints or ipv6
  --capacity MODE      onDemand or provisioned
  --set NAME=VALUE     override another setting of infra, such as tasks={"min":3,"max":8}; repeatable
  --json               print all scenarios and items as JSON
  --html FILE          write an HTML page with a chart and every formula
  --diff REVISION      print the cost changes since a git revision, as Markdown
  --write-facts        write the cost-relevant facts of the stacks of production to tools/bill/facts.json, for the console
  --help`;

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
  help: { type: 'boolean' },
} as const;

await runCommand(async () => {
  const { values } = readArguments({ options });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  if (values['write-facts']) {
    await writeFile(FACTS_FILE, `${JSON.stringify(factsOf(await templatesOf({})), undefined, 2)}\n`);
    console.log(`${FACTS_FILE} is written`);
    return 0;
  }
  const settings = settingsFor(values);
  const measured = readMeasured();
  const prices = readPrices();
  if (measured.sources !== digestOfSources())
    console.error(
      `The consumption was measured on ${measured.date}, and the sources have changed since. Run npm run measure.`,
    );
  const currentBills = bills({ facts: await factsFor(settings), measured, prices });
  const chosen = currentBills.find(({ name }) => name === values.scenario);
  if (!chosen)
    throw usageError(`--scenario must be one of ${currentBills.map(({ name }) => name).join(', ')}`);

  if (values.diff !== undefined) {
    const old = await readRevision(values.diff, settings);
    const requests = Object.keys({ ...mix.product, ...mix.cart });
    const isComparable = old.measured !== undefined && hasMeasured(old.measured, requests);
    if (!isComparable)
      console.error(`The consumption of ${values.diff} was not measured; only the stacks are compared.`);
    const before = bills({
      facts: factsOf(old.templates),
      measured: isComparable ? old.measured : measured,
      prices,
    });
    console.log(diffOf(before, currentBills, values.diff));
    return 0;
  }
  if (values.html !== undefined) {
    await writeFile(values.html, pageOf(currentBills, { measured, prices }));
    console.log(`${values.html} is written`);
    return 0;
  }
  if (values.json) console.log(JSON.stringify({ scenarios: currentBills }, undefined, 2));
  else console.log(reportOf(currentBills, chosen, values.basis ?? false));
  return 0;
});

/** Facts of the stacks with some settings changed; without changes and infra's packages those in the file. */
async function factsFor(settings: Partial<SettingsInput>): Promise<Facts> {
  if (Object.keys(settings).length > 0 || areInstalled(INFRA)) return factsOf(await templatesOf(settings));
  console.error(
    `The stacks are those of tools/bill/facts.json. To synthesize them: npm ci --prefix ${INFRA}`,
  );
  return JSON.parse(await readFile(FACTS_FILE, 'utf8')) as Facts;
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

function reportOf(allBills: readonly Bill[], chosen: Bill, withInputs: boolean): string {
  const bigger = allBills.filter(({ name }) => name.endsWith('x'));
  return [
    scenarioTable(allBills),
    itemTable(chosen, { withInputs }),
    ...bigger.map(excessTable),
    firstToBreak(bigger),
  ].join('\n\n');
}
