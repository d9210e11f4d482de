import { writeFile } from 'node:fs/promises';
import { areInstalled, INFRA, install } from '@tandem/cdk/packages';
import { DomainError } from '@tandem/chassis/errors';
import { fromCaller, oneOf, readArguments, runCommand } from '@tandem/cli/command';
import type { SettingsInput } from '../../../infra/src/settings.ts';
import type { Templates } from '../../../infra/src/testing/synth.ts';
import { type Bill, bills } from './bill.ts';
import { MEASURED_DESCRIPTION_BYTES, withDescriptions } from './descriptions.ts';
import { diffOf } from './diff.ts';
import { type Facts, PRESETS } from './facts.ts';
import { FACTS_FILES, PEAK_UNITS_FILE, readFacts, readMeasured, readPrices } from './files.ts';
import { pageOf } from './html.ts';
import { digestOfSources } from './measure/sources.ts';
import { unmeasuredWarning } from './measurement.ts';
import { peakUnitsOf } from './peak-units.ts';
import { excessTable, firstToBreak, itemTable, scenarioTable } from './print.ts';
import { readRevision } from './revision.ts';
import { descriptionBytesOf, DOMAIN, settingsFor, shareOf } from './settings.ts';
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
  --capacity PRESET    onDemand (production's default) or steady; figures of either mode by --set
  --set NAME=VALUE     override another setting of infra, such as tasks={"min":3,"max":8}; repeatable
  --description-bytes N  size of the products' descriptions; default: 105, as measured
  --free-tier SHARE    share of the account's free tier that is left to production, from 0 to 1; default: 1, all of it
  --json               print all scenarios and items as JSON
  --html FILE          write an HTML page with every formula, assumption and price
  --diff REVISION      print the cost changes since the facts and the measurement of a git revision, as Markdown
  --write-facts        write the cost-relevant facts of the stacks of production, and the units of its tables at the
                       peak, to tools/bill; for each preset of the capacity
  -h, --help           print this text
`;

const FREE_TIER =
  "An account's free tier is shared by its stages. It is counted here as a whole, unless --free-tier says otherwise.";

const options = {
  scenario: { type: 'string', default: 'sustained-peak' },
  basis: { type: 'boolean' },
  egress: { type: 'string' },
  capacity: { type: 'string' },
  set: { type: 'string', multiple: true },
  'description-bytes': { type: 'string', default: String(MEASURED_DESCRIPTION_BYTES) },
  'free-tier': { type: 'string', default: '1' },
  json: { type: 'boolean' },
  html: { type: 'string' },
  diff: { type: 'string' },
  'write-facts': { type: 'boolean' },
} as const;

await runCommand(async () => {
  const { values } = readArguments({ help: HELP, options });
  if (values['write-facts']) {
    await writeFacts();
    return 0;
  }
  const scenario = oneOf('--scenario', values.scenario, scenarioNames);
  const settings = settingsFor(values);
  const [stored, prices] = [readMeasured(), readPrices()];
  const descriptionBytes = descriptionBytesOf(values['description-bytes']);
  const measured = withDescriptions(stored, descriptionBytes);
  const isStale = measured.sources !== digestOfSources();
  const warnings = [
    isStale ? `measured on ${measured.date}, sources have changed since; run npm run measure` : undefined,
    unmeasuredWarning(measured),
  ].filter((warning) => warning !== undefined);
  for (const warning of warnings) console.error(`Warning: ${warning}`);
  const facts = await factsFor(settings);
  const freeTierShare = shareOf(values['free-tier']);
  const currentBills = bills({ facts, measured, prices, freeTierShare });

  if (values.diff !== undefined) {
    const revision = readRevision(values.diff);
    if (!revision.measured)
      console.error(`The measurement of ${values.diff} is not comparable; only the stacks are compared.`);
    const before = bills({
      facts: revision.facts,
      measured: revision.measured ? withDescriptions(revision.measured, descriptionBytes) : measured,
      prices,
      freeTierShare,
    });
    console.log(diffOf(before, currentBills, values.diff));
  } else if (values.html !== undefined) {
    const file = fromCaller(values.html, process.env);
    await writeFile(file, pageOf(currentBills, { measured, prices, warnings }));
    console.log(`${file} is written`);
  } else if (values.json) console.log(JSON.stringify({ warnings, scenarios: currentBills }, undefined, 2));
  else console.log(reportOf(currentBills, scenario, values.basis));
  return 0;
});

/** Facts of the stacks with some settings changed; without infra's packages those in the file of the preset, if that is all. */
async function factsFor({
  capacity = 'onDemand',
  domain = DOMAIN,
  ...others
}: Partial<SettingsInput>): Promise<Facts> {
  const preset = PRESETS.find((name) => name === capacity);
  if (!preset || domain !== DOMAIN || Object.keys(others).length > 0 || areInstalled(INFRA))
    return factsOf(await templatesOf({ capacity, domain, ...others }));
  console.error(
    `The stacks are those of ${FACTS_FILES[preset]}. To synthesize them: npm ci --prefix ${INFRA}`,
  );
  return readFacts(preset);
}

/** Writes the units at the peak first: the preset `steady` is derived from them. */
async function writeFacts(): Promise<void> {
  const write = async (file: string, value: object) => {
    await writeFile(file, `${JSON.stringify(value, undefined, 2)}\n`);
    console.log(`${file} is written`);
  };
  const facts = factsOf(await templatesOf(settingsFor({})));
  await write(PEAK_UNITS_FILE, peakUnitsOf(facts, readMeasured()));
  for (const preset of PRESETS)
    await write(FACTS_FILES[preset], factsOf(await templatesOf(settingsFor({ capacity: preset }))));
}

async function templatesOf(settings: Partial<SettingsInput>): Promise<Templates> {
  install(INFRA);
  const { synthesizeAll } = await import('../../../infra/src/testing/synth.ts');
  try {
    return synthesizeAll(settings);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new DomainError('invalid', 'settings', message, { cause });
  }
}

function reportOf(allBills: readonly Bill[], scenario: string, withInputs = false): string {
  const multiples = allBills.filter(({ name }) => name.endsWith('x'));
  return [
    scenarioTable(allBills),
    ...allBills.filter(({ name }) => name === scenario).map((chosen) => itemTable(chosen, { withInputs })),
    ...multiples.map(excessTable),
    firstToBreak(multiples),
    FREE_TIER,
  ].join('\n\n');
}
