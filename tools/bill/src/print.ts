import { styleText } from 'node:util';
import { type Bill, firstLimitOf } from './bill.ts';
import { dollars, GROUPS } from './line.ts';

const WIDTH = 100;
const ITEM = 36;
const AMOUNT = 12;

/** All scenarios, one a line. */
export function scenarioTable(bills: readonly Bill[]): string {
  const scenario = (name: string, says: string, total: string, holds: string, perMillion: string) =>
    row([name, 14], [says, 54], [total, -11], [holds, -9], [perMillion, -7]);
  const rows = bills.map(({ name, says, total, holds, perMillionRequests }) =>
    scenario(name, says, dollars(total), dollars(holds), dollars(perMillionRequests)),
  );
  return [bold(scenario('scenario', '', 'a month', 'for holds', 'a M')), ...rows].join('\n');
}

/** The items of one scenario, their formulas below them where they do not fit beside. */
export function itemTable({ name, says, lines, total, holds }: Bill, { withBasis = false } = {}): string {
  const shown = GROUPS.flatMap((group) => {
    const own = lines.filter((it) => it.group === group);
    if (own.length === 0) return [];
    const sum = own.reduce((all, { monthly }) => all + monthly, 0);
    return [
      bold(row([group, ITEM], [dollars(sum), -AMOUNT])),
      ...own.flatMap(({ item, monthly, formula, basis }) => [
        ...beside(row([`  ${item}`, ITEM], [dollars(monthly), -AMOUNT]), formula),
        ...(withBasis ? basis.flatMap((it) => wrapped(`    ${it.name}: ${it.formula}`)) : []),
      ]),
    ];
  });
  return [
    `${bold(name)}: ${says}`,
    '',
    ...shown,
    bold(row(['together', ITEM], [dollars(total), -AMOUNT])),
    row(['of it for holds that expire', ITEM], [dollars(holds), -AMOUNT]),
  ].join('\n');
}

/** What does not bear a scenario's traffic. */
export function excessTable({ name, excesses }: Bill): string {
  if (excesses.length === 0) return `${name}: nothing has to be raised`;
  const number = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 0 });
  const rows = excesses.flatMap(({ kind, limit, used, allowed, unit, remedy }) =>
    wrapped(`  ${kind.padEnd(7)} ${limit}: ${number(used)} of ${number(allowed)} ${unit}; ${remedy}`),
  );
  return [bold(`${name}: what does not bear it`), ...rows].join('\n');
}

/** The hard limit that breaks at the least multiple of the peak. */
export function firstToBreak(bills: readonly Bill[]): string {
  const first = firstLimitOf(bills);
  if (!first) return 'No limit breaks that cannot be raised.';
  return wrapped(
    `The first limit that nobody can raise: ${first.limit}, at ${Math.floor(first.at)} times the peak; ${first.remedy}.`,
  ).join('\n');
}

function beside(start: string, formula: string): string[] {
  const line = `${start}  ${formula}`;
  return line.length <= WIDTH ? [line] : [start, ...wrapped(`      ${formula}`)];
}

/** Broken at spaces, further lines indented a little more. */
function wrapped(text: string): string[] {
  const indent = `${/^ */.exec(text)?.[0] ?? ''}  `;
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(/(?<=\S) /)) {
    if (current !== '' && current.length + 1 + word.length > WIDTH) {
      lines.push(current);
      current = indent + word;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  return [...lines, current];
}

/** Cells of fixed width: text to the left, a negative width to the right. */
function row(...cells: readonly (readonly [text: string, width: number])[]): string {
  return cells
    .map(([text, width]) => (width < 0 ? text.padStart(-width) : text.padEnd(width)))
    .join(' ')
    .trimEnd();
}

const bold = (text: string) => styleText('bold', text);
