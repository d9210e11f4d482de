import { writeFile } from 'node:fs/promises';
import { DomainError } from '@tandem/chassis/errors';
import type { SettingsInput } from '@tandem/infra/settings';
import { synthesize } from '@tandem/infra/testing/synth';
import { mix } from '@tandem/load/mix';
import { readArguments, runCommand, usageError } from '@tandem/cli/command';
import { type Bill, bills } from './bill.ts';
import { diffOf } from './diff.ts';
import { pageOf } from './html.ts';
import { digestOfSources } from './measure/sources.ts';
import { hasMeasured, readMeasured } from './measured.ts';
import { readPrices } from './prices.ts';
import { excessTable, firstToBreak, itemTable, scenarioTable } from './print.ts';
import { readRevision } from './revision.ts';
import { settingsFor } from './settings.ts';
import { FACTS_FILE, factsOf } from './templates.ts';

const HELP = `npm run bill -- [options]: what a month costs on AWS

The stacks of production × what requests and events were measured to consume (npm run measure) × a dated price list.

  --scenario NAME      show the items of this one: minimal, average, bursty, sustained-peak (the default), worst,
                       10x, 100x, 1000x
  --basis              also where the quantities in its formulas come from
  --egress HOW         nat, endpoints or ipv6
  --capacity HOW       onDemand or provisioned
  --set NAME=VALUE     another setting of infra, such as tasks={"min":3,"max":8}; repeatable
  --json               all scenarios and items as JSON
  --html FILE          write a page with a chart and every formula
  --diff REVISION      what has changed since, as Markdown
  --write-facts        keep what the stacks of production say that costs depend on in tools/bill/facts.json, for the console
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
    await writeFile(FACTS_FILE, `${JSON.stringify(factsOf(synthesize()), undefined, 2)}\n`);
    console.log(`${FACTS_FILE} is written`);
    return 0;
  }
  const settings = settingsFor(values);
  const measured = readMeasured();
  const prices = readPrices();
  if (measured.sources !== digestOfSources())
    console.error(`measured on ${measured.date}; the sources have changed since: npm run measure`);
  const made = bills({ facts: factsOf(templatesOf(settings)), measured, prices });
  const chosen = made.find(({ name }) => name === values.scenario);
  if (!chosen) throw usageError(`--scenario is one of ${made.map(({ name }) => name).join(', ')}`);

  if (values.diff !== undefined) {
    const old = await readRevision(values.diff, settings);
    const requests = Object.keys({ ...mix.product, ...mix.cart });
    const isComparable = old.measured !== undefined && hasMeasured(old.measured, requests);
    if (!isComparable)
      console.error(`what ${values.diff} consumes was not measured: the stacks alone are compared`);
    const before = bills({
      facts: factsOf(old.templates),
      measured: isComparable ? old.measured : measured,
      prices,
    });
    console.log(diffOf(before, made, values.diff));
    return 0;
  }
  if (values.html !== undefined) {
    await writeFile(values.html, pageOf(made, { measured, prices }));
    console.log(`${values.html} is written`);
    return 0;
  }
  if (values.json) console.log(JSON.stringify({ scenarios: made }, undefined, 2));
  else console.log(reportOf(made, chosen, values.basis ?? false));
  return 0;
});

function templatesOf(settings: Partial<SettingsInput>) {
  try {
    return synthesize(settings);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new DomainError('invalid', 'settings', message, { cause });
  }
}

function reportOf(made: readonly Bill[], chosen: Bill, withBasis: boolean): string {
  const bigger = made.filter(({ name }) => name.endsWith('x'));
  return [
    scenarioTable(made),
    itemTable(chosen, { withBasis }),
    ...bigger.map(excessTable),
    firstToBreak(bigger),
  ].join('\n\n');
}
