import { assumptions } from './assumptions.ts';
import type { Bill } from './bill.ts';
import { dollars, GROUPS, type Line } from './line.ts';
import type { MeasuredFile } from './measurement.ts';
import type { PriceList } from './price-list.ts';
import { sumOf } from './usage.ts';

const CHARTED = ['minimal', 'average', 'bursty', 'sustained-peak', 'worst'];
const BAR = { height: 34, gap: 14, label: 120, width: 760 };

interface PageInputs {
  readonly measured: MeasuredFile;
  readonly prices: PriceList;
  readonly warnings: readonly string[];
}

/** Self-contained HTML page with a chart and every formula; light or dark by the reader's preference. */
export function pageOf(bills: readonly Bill[], { measured, prices, warnings }: PageInputs): string {
  const scenarioRows = bills.map(
    ({ name, description, total, perMillionRequests }) =>
      `<tr><td><a href="#${name}">${name}</a><td>${escaped(description)}<td class="n">${dollars(total)}<td class="n">${dollars(perMillionRequests)}</tr>`,
  );
  const priceRows = Object.entries(prices.prices).map(
    ([name, { value, per = 1, unit, source, date }]) =>
      `<tr><td>${name}<td class="n">${value}<td>${per > 1 ? `${per.toLocaleString('en-US')} × ` : ''}${escaped(unit)}<td>${escaped(source)}<td>${date}</tr>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tandem: monthly bill</title>
<style>${STYLE}</style>
<h1>Monthly cost on AWS</h1>
<p>Computed from the stacks of production, the consumption of requests and events measured on ${escaped(measured.date)}, and
the prices of ${escaped(prices.region)}. Each formula can be checked by hand.</p>
${warnings.map((warning) => `<p><strong>Warning:</strong> ${escaped(warning)}</p>`).join('\n')}
${chartOf(bills.filter(({ name }) => CHARTED.includes(name)))}
<table>
<tr><th>scenario<th><th class="n">a month<th class="n">per million requests</tr>
${scenarioRows.join('\n')}
</table>
${bills.map(sectionOf).join('\n')}
<h2>Assumptions</h2>
<pre>${escaped(JSON.stringify(assumptions, undefined, 2))}</pre>
<h2>Prices</h2>
<table><tr><th>price<th class="n">$<th>for<th>source<th>date</tr>
${priceRows.join('\n')}
</table>
<h2>Notes on the measurement</h2>
<ul>${measured.notes.map((note) => `<li>${escaped(note)}`).join('\n')}</ul>
</html>
`;
}

function sectionOf({ name, description, lines, total, holds, excesses }: Bill): string {
  const limits = excesses.map(
    ({ kind, limit, used, allowed, unit, remedy }) =>
      `<li>${escaped(`${kind}: ${limit}, ${Math.ceil(used)} of ${Math.floor(allowed)} ${unit}; ${remedy}`)}`,
  );
  return `<h2 id="${name}">${name}: ${dollars(total)}</h2>
<p>${escaped(description)}. Expiring holds cost ${dollars(holds)} of it.</p>
<table><tr><th>item<th class="n">a month<th>formula</tr>
${lines.map(rowOf).join('\n')}
</table>
${limits.length > 0 ? `<h3>Limits that are exceeded</h3><ul>${limits.join('\n')}</ul>` : ''}`;
}

function rowOf({ group, item, monthly, formula, inputs }: Line): string {
  const details = inputs.map((input) => `<small>${escaped(`${input.name}: ${input.formula}`)}</small>`);
  return `<tr><td><i class="${group}"></i>${escaped(item)}<td class="n">${dollars(monthly)}<td>${escaped(formula)}${details.join('')}</tr>`;
}

/** Bar chart of the cost per group, one bar per scenario. */
function chartOf(bills: readonly Bill[]): string {
  const rowHeight = BAR.height + BAR.gap;
  const scale = (BAR.width - BAR.label - 90) / Math.max(...bills.map(({ total }) => total));
  const bars = bills.map(({ name, total, lines }, row) => {
    const y = row * rowHeight;
    let x = BAR.label;
    const parts = GROUPS.map((group) => {
      const cost = sumOf(lines, (line) => (line.group === group ? line.monthly : 0));
      const part = `<rect class="${group}" x="${x.toFixed(1)}" y="${y}" width="${(cost * scale).toFixed(1)}" height="${BAR.height}"><title>${group}: ${dollars(cost)}</title></rect>`;
      x += cost * scale;
      return part;
    });
    const middle = y + BAR.height / 2 + 5;
    return `<text x="0" y="${middle}">${name}</text>${parts.join('')}<text x="${(x + 8).toFixed(1)}" y="${middle}">${dollars(total)}</text>`;
  });
  const legend = GROUPS.map((group) => `<span><i class="${group}"></i>${group}</span>`).join(' ');
  return `<figure>
<svg viewBox="0 0 ${BAR.width} ${bills.length * rowHeight}" role="img" aria-label="Costs a month by scenario">${bars.join('\n')}</svg>
<figcaption>${legend}</figcaption>
</figure>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

const COLOURS = ['#4269d0', '#efb118', '#ff725c', '#6cc5b0', '#3ca951', '#ff8ab7', '#a463f2', '#97bbf5'];
const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#ddd, #444) }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 1000px; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100%; font-size: 14px }
td, th { text-align: left; vertical-align: top; padding: 4px 8px; border-bottom: 1px solid var(--line) }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
small { display: block; opacity: .7 }
figure { margin: 1.5rem 0 }
svg { width: 100% } svg text { fill: currentColor; font-size: 14px }
i { display: inline-block; width: 10px; height: 10px; margin-right: 6px; border-radius: 2px }
figcaption span { margin-right: 1rem }
pre { overflow: auto; font-size: 13px }
${GROUPS.map((group, i) => `.${group} { background: ${COLOURS[i]}; fill: ${COLOURS[i]} }`).join('\n')}
`;
