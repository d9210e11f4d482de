import type { Bill } from './bill.ts';
import { dollars } from './line.ts';

const CENT = 0.005;

/** Markdown table of the cost changes since a revision: by scenario, and by item of one scenario. */
export function diffOf(before: readonly Bill[], after: readonly Bill[], revision: string): string {
  const changes = after.flatMap((bill) => {
    const old = before.find(({ name }) => name === bill.name);
    return old ? [{ bill, old, by: bill.total - old.total }] : [];
  });
  const changed = changes.filter(
    ({ by, bill, old }) => Math.abs(by) >= CENT || itemsOf(old, bill).length > 0,
  );
  if (changed.length === 0) return `The bill is the same as at ${revision}.`;
  const rows = changed.map(
    ({ bill, old, by }) =>
      `| ${bill.name} | ${dollars(old.total)} | ${dollars(bill.total)} | ${signed(by)} |`,
  );
  const shown = changed.find(({ bill }) => bill.name === 'sustained-peak') ?? changed[0];
  const items = shown ? itemsOf(shown.old, shown.bill) : [];
  return [
    `| a month | ${revision} | now | |`,
    '| --- | ---: | ---: | ---: |',
    ...rows,
    '',
    `| ${shown?.bill.name ?? ''} | ${revision} | now | |`,
    '| --- | ---: | ---: | ---: |',
    ...items.map(
      ({ item, from, to }) => `| ${item} | ${dollars(from)} | ${dollars(to)} | ${signed(to - from)} |`,
    ),
  ].join('\n');
}

function itemsOf(before: Bill, after: Bill) {
  const amount = ({ lines }: Bill, item: string) =>
    lines.reduce((sum, line) => sum + (line.item === item ? line.monthly : 0), 0);
  const items = [...new Set([...before.lines, ...after.lines].map(({ item }) => item))];
  return items
    .map((item) => ({ item, from: amount(before, item), to: amount(after, item) }))
    .filter(({ from, to }) => Math.abs(to - from) >= CENT);
}

function signed(by: number): string {
  return `${by < 0 ? '−' : '+'}${dollars(Math.abs(by))}`;
}
