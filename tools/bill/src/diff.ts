import type { Bill } from './bill.ts';
import { dollars } from './line.ts';
import { sumOf } from './usage.ts';

const CENT = 0.005;

/** Markdown tables of the cost changes since a revision: by scenario, and by item of one scenario. */
export function diffOf(before: readonly Bill[], after: readonly Bill[], revision: string): string {
  const scenarios = after.flatMap((bill) => {
    const old = before.find(({ name }) => name === bill.name);
    return old ? [{ name: bill.name, from: old.total, to: bill.total, items: itemsOf(old, bill) }] : [];
  });
  const changed = scenarios.filter(({ items }) => items.length > 0);
  const shown = changed.find(({ name }) => name === 'sustained-peak') ?? changed[0];
  if (!shown) return `The bill is the same as at ${revision}.`;
  return [...table('a month', revision, changed), '', ...table(shown.name, revision, shown.items)].join('\n');
}

interface Change {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

function itemsOf(before: Bill, after: Bill): Change[] {
  const amountIn = ({ lines }: Bill, item: string) =>
    sumOf(lines, (line) => (line.item === item ? line.monthly : 0));
  const items = new Set([...before.lines, ...after.lines].map(({ item }) => item));
  return [...items]
    .map((item) => ({ name: item, from: amountIn(before, item), to: amountIn(after, item) }))
    .filter(({ from, to }) => Math.abs(to - from) >= CENT);
}

function table(title: string, revision: string, changes: readonly Change[]): string[] {
  const rows = changes.map(({ name, from, to }) => {
    const difference = `${to < from ? '−' : '+'}${dollars(Math.abs(to - from))}`;
    return `| ${name} | ${dollars(from)} | ${dollars(to)} | ${difference} |`;
  });
  return [`| ${title} | ${revision} | now | |`, '| --- | ---: | ---: | ---: |', ...rows];
}
