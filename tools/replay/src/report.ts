import type { ReplayedStock } from './api.ts';
import type { ReplayReport } from './replay.ts';

/** Summary of a replay for a terminal. */
export function describe(report: ReplayReport, rowsSkipped: number): string {
  const responses = [...report.responses].toSorted(([a], [b]) => a - b);
  const { differences, missing, products } = report;
  const verdict =
    differences.length === 0
      ? `ok: stock and carts of ${products} products are consistent`
      : `inconsistent: ${differences.length} of ${products} products`;
  return [
    `carts      ${report.carts} for ${report.invoices} invoices`,
    `lines      ${report.lines} (${rowsSkipped} bad rows skipped)`,
    `units      ${report.units}`,
    `responses  ${responses.map(([status, count]) => `${count} × ${status}`).join(', ')}`,
    `time       ${seconds(report.fillMs)} to fill, ${seconds(report.settleMs)} to settle`,
    ...(missing.length > 0
      ? [`missing    ${missing.length} products, skipped: ${missing.slice(0, 10).join(' ')}`]
      : []),
    `stock      ${verdict}`,
    ...differences.map(
      ({ productId, before, now, heldByCarts, pending }) =>
        `           ${productId}: ${describeStock(before)} before, ${describeStock(now)} now; ` +
        `these carts hold ${heldByCarts}, ${pending} not confirmed`,
    ),
    '',
  ].join('\n');
}

function describeStock(stock: ReplayedStock | undefined): string {
  return stock === undefined ? 'deleted' : `${stock.onHand} on hand and ${stock.held} held`;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
