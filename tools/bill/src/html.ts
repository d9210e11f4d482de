import type { Bill } from './bill.ts';
import { dollars, GROUPS, type Line } from './line.ts';
import type { Measured } from './measured.ts';
import type { PriceList } from './price-list.ts';
import { assumptions } from './assumptions.ts';

const CHARTED = ['minimal', 'average', 'bursty', 'sustained-peak', 'worst'];
const BAR = { height: 34, gap: 14, label: 120, width: 760 };

/** Self-contained HTML page with a chart and every formula; light or dark by the reader's preference. */
export function pageOf(
  bills: readonly Bill[],
  { measured, prices }: { readonly measured: Measured; readonly prices: PriceList },
): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tandem: monthly bill</title>
<style>${STYLE}</style>
<h1>Monthly cost on AWS</h1>
<p>Computed from the stacks of production, the consumption of requests and events measured on ${escaped(measured.date)}, and
the prices of ${escaped(prices.region)}. Each formula can be checked by hand.</p>
${chartOf(bills.filter(({ name }) => CHARTED.includes(name)))}
<table>
<tr><th>scenario<th><th class="n">a month<th class="n">per million requests</tr>
${bills.map((it) => `<tr><td><a href="#${it.name}">${it.name}</a><td>${escaped(it.description)}<td class="n">${dollars(it.total)}<td class="n">${dollars(it.perMillionRequests)}</tr>`).join('\n')}
</table>
${bills.map(sectionOf).join('\n')}
<h2>Assumptions</h2>
<pre>${escaped(JSON.stringify(assumptions, undefined, 2))}</pre>
<h2>Prices</h2>
<table><tr><th>price<th class="n">$<th>for<th>source<th>date</tr>
${Object.entries(prices.prices)
  .map(
    ([name, it]) =>
      `<tr><td>${name}<td class="n">${it.value}<td>${it.per && it.per > 1 ? `${it.per.toLocaleString('en-US')} × ` : ''}${escaped(it.unit)}<td>${escaped(it.source)}<td>${it.date}</tr>`,
  )
  .join('\n')}
</table>
<h2>Notes on the measurement</h2>
<ul>${measured.notes.map((note) => `<li>${escaped(note)}`).join('\n')}</ul>
</html>
`;
}

function sectionOf({ name, description, lines, total, holds, excesses }: Bill): string {
  const limits = excesses.map(
    (it) =>
      `<li>${it.kind}: ${escaped(it.limit)}, ${Math.ceil(it.used)} of ${Math.floor(it.allowed)} ${escaped(it.unit)}; ${escaped(it.remedy)}`,
  );
  return `<h2 id="${name}">${name}: ${dollars(total)}</h2>
<p>${escaped(description)}. Expiring holds cost ${dollars(holds)} of it.</p>
<table><tr><th>item<th class="n">a month<th>formula</tr>
${lines.map(rowOf).join('\n')}
</table>
${limits.length > 0 ? `<h3>Limits that are exceeded</h3><ul>${limits.join('\n')}</ul>` : ''}`;
}

function rowOf({ group, item, monthly, formula, inputs }: Line): string {
  const from = inputs.map((it) => `<small>${escaped(it.name)}: ${escaped(it.formula)}</small>`).join('');
  return `<tr><td><i class="${group}"></i>${escaped(item)}<td class="n">${dollars(monthly)}<td>${escaped(formula)}${from}</tr>`;
}

/** Bar chart of the cost per group, one bar per scenario. */
function chartOf(bills: readonly Bill[]): string {
  const most = Math.max(...bills.map(({ total }) => total));
  const rowHeight = BAR.height + BAR.gap;
  const scale = (BAR.width - BAR.label - 90) / most;
  const bars = bills.map(({ name, total, lines }, row) => {
    const y = row * rowHeight;
    let x = BAR.label;
    const parts = GROUPS.map((group) => {
      const sum = lines.reduce((all, it) => all + (it.group === group ? it.monthly : 0), 0);
      const width = sum * scale;
      const part = `<rect class="${group}" x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${BAR.height}"><title>${group}: ${dollars(sum)}</title></rect>`;
      x += width;
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
