import type { ReplayedStock } from './api.ts';
import type { ReplayReport } from './replay.ts';

/** A replay's summary for a terminal. */
export function describe(report: ReplayReport, rowsSkipped: number): string {
  const answers = [...report.answers].toSorted(([a], [b]) => a - b);
  const { differences, missing, products } = report;
  const verdict =
    differences.length === 0
      ? `ok: ${products} products, stock and carts add up`
      : `differs: ${differences.length} of ${products} products`;
  return [
    `carts    ${report.carts} for ${report.invoices} invoices`,
    `lines    ${report.lines} (${rowsSkipped} bad rows left out)`,
    `units    ${report.units}`,
    `answers  ${answers.map(([status, count]) => `${count} × ${status}`).join(', ')}`,
    `time     ${seconds(report.fillMs)} to fill, ${seconds(report.settleMs)} to settle`,
    ...(missing.length > 0
      ? [`missing  ${missing.length} products, left out: ${missing.slice(0, 10).join(' ')}`]
      : []),
    `stock    ${verdict}`,
    ...differences.map(
      ({ productId, before, now, heldByCarts, pending }) =>
        `         ${productId}: ${described(before)} before, ${described(now)} now; ` +
        `these carts hold ${heldByCarts}, ${pending} not confirmed`,
    ),
    '',
  ].join('\n');
}

function described(stock: ReplayedStock | undefined): string {
  return stock === undefined ? 'gone' : `${stock.onHand} on hand and ${stock.held} held`;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
