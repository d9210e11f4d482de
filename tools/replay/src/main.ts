import { fromCaller, onlyOne, readArguments, runCommand } from '@tandem/cli/command';
import { print } from '@tandem/cli/printable';
import { showProgress, type Progress } from '@tandem/cli/progress';
import { readSalesFile } from '@tandem/import/source';
import { systemUrl } from '@tandem/cli/target';
import type { ReplayedStock } from './api.ts';
import { replay, type ReplayProgress, type ReplayReport } from './replay.ts';

const help = `Replays the invoices of a sales file as carts through the public API of a running system, then checks the stock:
the units on hand must be unchanged, and the units held must have grown by the units in these carts.

  npm run replay -- FILE [--url URL]

  FILE       .csv file with the columns of the UCI "Online Retail" data set; import it first
  --url URL  base URL of the system (default: http://127.0.0.1:8080, or the port in PORT)

Exit code: 0 the stock is consistent, 1 it is not, or the replay failed, 2 usage error.
`;

await runCommand(async () => {
  const { values, positionals } = readArguments({
    help,
    allowPositionals: true,
    options: { url: { type: 'string' } },
  });
  const file = onlyOne(positionals, 'FILE');
  const url = systemUrl(values.url, process.env['PORT']);
  const { sales, bad } = await readSalesFile(fromCaller(file, process.env));

  let shown: { readonly phase: string; readonly progress: Progress } | undefined;
  const onProgress = ({ phase, done, total }: ReplayProgress) => {
    if (shown?.phase !== phase) {
      shown?.progress.stop();
      const label = phase === 'invoices' ? 'filling carts' : 'checking stock';
      shown = { phase, progress: showProgress(process.stderr, label, total, phase) };
    }
    shown.progress.update(done);
  };
  const report = await replay(url, sales, { onProgress }).finally(() => shown?.progress.stop());

  print(describe(report, bad.length));
  return report.differences.length > 0 ? 1 : 0;
});

/** Summary of a replay for a terminal. */
function describe(report: ReplayReport, rowsSkipped: number): string {
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
