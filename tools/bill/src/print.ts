import { styleText } from 'node:util';
import { type Bill, firstLimitOf } from './bill.ts';
import { dollars, GROUPS } from './line.ts';
import { HOLDS } from './parts.ts';
import { sumOf } from './usage.ts';

const WIDTH = 100;
const ITEM = 36;
const AMOUNT = 12;

/** Table of all scenarios, one per line. */
export function scenarioTable(bills: readonly Bill[]): string {
  const scenario = (name: string, description: string, total: string, holds: string, perMillion: string) =>
    row([name, 14], [description, 54], [total, -11], [holds, -9], [perMillion, -7]);
  const rows = bills.map(({ name, description, total, parts, perMillionRequests }) => {
    const holds = parts.find((part) => part.name === HOLDS)?.monthly ?? 0;
    return scenario(name, description, dollars(total), dollars(holds), dollars(perMillionRequests));
  });
  return [bold(scenario('scenario', '', 'a month', 'for holds', 'per M')), ...rows].join('\n');
}

/** Table of the items of one scenario, with their formulas. */
export function itemTable(
  { name, description, lines, total, parts }: Bill,
  { withInputs = false } = {},
): string {
  const shown = GROUPS.flatMap((group) => {
    const own = lines.filter((line) => line.group === group);
    if (own.length === 0) return [];
    const sum = sumOf(own, ({ monthly }) => monthly);
    return [
      bold(row([group, ITEM], [dollars(sum), -AMOUNT])),
      ...own.flatMap(({ item, monthly, formula, inputs }) => [
        ...withFormula(row([`  ${item}`, ITEM], [dollars(monthly), -AMOUNT]), formula),
        ...(withInputs ? inputs.flatMap((input) => wrapped(`    ${input.name}: ${input.formula}`)) : []),
      ]),
    ];
  });
  return [
    `${bold(name)}: ${description}`,
    '',
    ...shown,
    bold(row(['total', ITEM], [dollars(total), -AMOUNT])),
    ...parts.map(({ name: part, monthly, most }) =>
      row(
        [`thereof for ${part}`, ITEM],
        [dollars(monthly), -AMOUNT],
        [most === undefined ? '' : ` at most ${dollars(most)}, by how Lambda polls`, 0],
      ),
    ),
  ].join('\n');
}

/** Table of the limits that a scenario exceeds. */
export function excessTable({ name, excesses }: Bill): string {
  if (excesses.length === 0) return `${name}: no limit is exceeded`;
  const number = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 0 });
  const rows = excesses.flatMap(({ kind, limit, used, allowed, unit, remedy }) =>
    wrapped(`  ${kind.padEnd(7)} ${limit}: ${number(used)} of ${number(allowed)} ${unit}; ${remedy}`),
  );
  return [bold(`${name}: limits that are exceeded`), ...rows].join('\n');
}

/** The hard limit that is exceeded first, as a multiple of the peak. */
export function firstToBreak(bills: readonly Bill[]): string {
  const first = firstLimitOf(bills);
  if (!first) return 'No hard limit is exceeded.';
  return wrapped(
    `The first hard limit: ${first.limit}, at ${Math.floor(first.at)} times the peak; ${first.remedy}.`,
  ).join('\n');
}

function withFormula(start: string, formula: string): string[] {
  const line = `${start}  ${formula}`;
  return line.length <= WIDTH ? [line] : [start, ...wrapped(`      ${formula}`)];
}

/** Wraps a text at spaces; continuation lines are indented by two more. */
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

/** A row of cells with fixed widths; a negative width aligns to the right. */
function row(...cells: readonly (readonly [text: string, width: number])[]): string {
  return cells
    .map(([text, width]) => (width < 0 ? text.padStart(-width) : text.padEnd(width)))
    .join(' ')
    .trimEnd();
}

const bold = (text: string) => styleText('bold', text);
