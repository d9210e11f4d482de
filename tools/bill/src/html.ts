import { stripVTControlCharacters } from 'node:util';
import { assumptions } from './assumptions.ts';
import type { Bill } from './bill.ts';
import { dollars } from './line.ts';
import type { MeasuredFile } from './measurement.ts';
import type { PriceList } from './price-list.ts';
import { excessTable, itemTable } from './print.ts';

interface PageInputs {
  readonly measured: MeasuredFile;
  readonly prices: PriceList;
  readonly warnings: readonly string[];
}

/** Self-contained HTML page with every formula, assumption and price; light or dark by the reader's preference. */
export function pageOf(bills: readonly Bill[], { measured, prices, warnings }: PageInputs): string {
  const scenarios = bills.map(({ name, description, total, perMillionRequests }) => [
    `<a href="#${name}">${name}</a>`,
    escaped(description),
    dollars(total),
    dollars(perMillionRequests),
  ]);
  const priceRows = Object.entries(prices.prices).map(([name, { value, per = 1, unit, source, date }]) =>
    [name, `$${value}`, per.toLocaleString('en-US'), unit, source, date].map(escaped),
  );
  const sections = bills.map((bill) => {
    const text = `${itemTable(bill, { withInputs: true })}\n\n${excessTable(bill)}`;
    return `<h2 id="${bill.name}">${bill.name}</h2>\n<pre>${escaped(stripVTControlCharacters(text))}</pre>`;
  });
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tandem: monthly bill</title>
<style>
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 1000px; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; font-size: 14px }
td, th { text-align: left; vertical-align: top; padding: 4px 8px; border-bottom: 1px solid gray }
pre { overflow: auto; font-size: 13px }
</style>
<h1>Monthly cost on AWS</h1>
<p>Computed from the stacks of production, the consumption of requests and events measured on ${escaped(measured.date)}, and
the prices of ${escaped(prices.region)}. Each formula can be checked by hand.</p>
${warnings.map((warning) => `<p><strong>Warning:</strong> ${escaped(warning)}</p>`).join('\n')}
${table(['scenario', '', 'a month', 'per million requests'], scenarios)}
${sections.join('\n')}
<h2>Assumptions</h2>
<pre>${escaped(JSON.stringify(assumptions, undefined, 2))}</pre>
<h2>Prices</h2>
${table(['price', 'dollars', 'for', 'unit', 'source', 'date'], priceRows)}
<h2>Notes on the measurement</h2>
<ul>${measured.notes.map((note) => `<li>${escaped(note)}`).join('\n')}</ul>
</html>
`;
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: string, texts: readonly string[]) => texts.map((text) => `<${tag}>${text}`).join('');
  return `<table>\n<tr>${[cells('th', columns), ...rows.map((row) => cells('td', row))].join('\n<tr>')}\n</table>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
