import { DomainError } from '@tandem/chassis/errors';
import {
  fromCaller,
  INTERRUPTED,
  integer,
  onlyOne,
  oneOf,
  readArguments,
  runCommand,
  stopSignal,
  usageError,
} from '@tandem/cli/command';
import { printable, printLine } from '@tandem/cli/printable';
import { showProgress } from '@tandem/cli/progress';
import { givenToken, systemUrl } from '@tandem/cli/target';
import { isCurrency } from '@tandem/contracts/currency';
import { mintToken } from '@tandem/emulators/issuer';
import { dryRun, productTable } from './dry-run.ts';
import type { BadRow } from './file/csv.ts';
import { type ColumnMap, plainColumns } from './formats/plain.ts';
import { load } from './load.ts';
import { openSource, type SourceOptions } from './source.ts';

const help = `Imports products into a running system.

  npm run import -- FILE [--dry-run] [--currency EUR] [--map FIELD=COLUMN]… [--decimal comma|point]
                    [--delimiter CHARACTER] [--inventory UNITS] [--stock count] [--url URL]
                    [--token TOKEN] [--skip N] [--skip-bad]

  FILE             a relative path is resolved from the current directory
                   .json     an array of products or {"items": […]}, as the API has them: prices in minor units
                   .ndjson   such a product a line (also .jsonl)
                   .csv, .tsv, .tab, .txt, .xml    recognised by the columns, with prices in major units, such as 19.99:
                     Shopify, WooCommerce or Magento product export, Google Merchant feed (text or XML),
                     UCI "Online Retail" (also II), or the columns productId, name, price, currency, description,
                     category, imageUrl, inventory, maxPerCart, of which a row may leave out all but the productId
  --dry-run        show the first ten products and every bad row; write nothing (needs no running system)
  --currency CODE  ISO 4217 code of prices that name no currency; Shopify, WooCommerce and Magento name none
  --map FIELD=COLUMN      column of a field, e.g. --map price=Verkaufspreis; may be repeated; only the mapped columns
                          and those named as above are read
  --decimal comma|point   decimal mark of prices such as 1.234; default: as other prices of the file show it, or else
                          such a row is bad
  --delimiter CHARACTER   default: the one of , ; | and tab that fits the header
  --inventory UNITS       stock of products without a stock in the file (default: 0 for new ones; sold-out ones stay 0)
  --stock count    set the stock on hand of existing products to inventory; default: their stock is unchanged
  --url URL        base URL of the system (default: http://127.0.0.1:8080, or the port in PORT)
  --token TOKEN    token with the scope products:write (default: the variable TOKEN; for this machine a local token)
  --skip N         continue an import that was interrupted, which says how many lines it has written
  --skip-bad       exit with 0 even if rows were bad

Texts are UTF-8, UTF-16 or Windows-1252; .ndjson is UTF-8 or UTF-16. Variants become products of their own. Ids may have
letters, digits, dots, underscores, tildes and hyphens: other characters become ~ and two hex digits a byte, such as ~20
for a space.
Fields that a row omits are unchanged in an existing product: a row may have only its productId and a price.
Importing the same file again has no effect. A file is sent in parts. While the system is at its capacity, overloaded or being
restarted, the import waits and continues; it gives up after a quarter of an hour without progress.

Bad rows are reported with their line and skipped; all others are imported. See docs/import.md.
Exit code: 0 done, 1 failed or a row was bad, 2 usage error, 130 interrupted.
`;

await runCommand(async () => {
  const { values, positionals } = readArguments({
    help,
    allowPositionals: true,
    options: {
      'dry-run': { type: 'boolean', default: false },
      currency: { type: 'string' },
      map: { type: 'string', multiple: true, default: [] },
      decimal: { type: 'string' },
      delimiter: { type: 'string' },
      inventory: { type: 'string' },
      url: { type: 'string' },
      token: { type: 'string' },
      stock: { type: 'string' },
      skip: { type: 'string' },
      'skip-bad': { type: 'boolean', default: false },
    },
  });
  const file = onlyOne(positionals, 'FILE');
  if (values.stock !== undefined && values.stock !== 'count')
    throw usageError(`--stock "${values.stock}" is unknown: use --stock count`);
  const skip = values.skip === undefined ? 0 : integer('--skip', values.skip, 0, 1_000_000_000);
  const url = systemUrl(values.url, process.env['PORT']);
  const isDryRun = values['dry-run'];
  const given = isDryRun ? undefined : givenToken(url, values.token, process.env['TOKEN']);
  const source = await openSource(fromCaller(file, process.env), sourceOptions(values));

  const progress = showProgress(
    process.stderr,
    isDryRun ? 'reading' : 'importing',
    source.total,
    source.unit,
  );
  let summary: string;
  let bad: readonly BadRow[];
  let unlisted = 0;
  if (isDryRun) {
    const report = await dryRun(source, progress.update).finally(progress.stop);
    process.stdout.write(productTable(report.first));
    ({ bad } = report);
    summary = `dry run (${source.format}): ${report.valid} products would be imported, ${bad.length} rows skipped`;
  } else {
    const token = given ?? (await mintToken({ subject: 'import', scopes: ['products:write'] }));
    const isStockCount = values.stock === 'count';
    const signal = stopSignal('stopping after the current part');
    const options = { isStockCount, skip, signal, onWait: progress.note };
    const report = await load(url, source, token, progress.update, options)
      .finally(progress.stop)
      .catch((error: unknown) => {
        if (!signal.aborted || !(error instanceof DomainError)) throw error;
        printLine(error.message, process.stderr);
      });
    if (!report) return INTERRUPTED;
    ({ bad, unlisted } = report);
    const { created, updated, unchanged } = report;
    summary = `imported: ${created} created, ${updated} updated, ${unchanged} unchanged, ${bad.length + unlisted} rows skipped`;
  }

  for (const note of source.notes()) process.stderr.write(`${printable(note)}\n`);
  for (const { line, reason } of bad) process.stderr.write(`line ${line}: ${printable(reason)}\n`);
  if (unlisted > 0) process.stderr.write(`${unlisted} more rows were rejected\n`);
  process.stdout.write(`${summary}\n`);
  return bad.length > 0 && !values['skip-bad'] ? 1 : 0;
});

/** The options of a source by the command line. */
function sourceOptions(values: {
  readonly currency?: string;
  readonly map: readonly string[];
  readonly decimal?: string;
  readonly delimiter?: string;
  readonly inventory?: string;
}): SourceOptions {
  const { currency, decimal, delimiter, inventory } = values;
  if (currency !== undefined && !isCurrency(currency.toUpperCase()))
    throw usageError(`--currency "${currency}" is no ISO 4217 code, such as EUR`);
  const separator = delimiter === '\\t' ? '\t' : delimiter;
  if (separator !== undefined && !/^[^"\r\n]$/.test(separator))
    throw usageError(`--delimiter "${delimiter}" is no single character`);
  const mark = decimal === undefined ? undefined : oneOf('--decimal', decimal, ['point', 'comma']);
  return {
    currency: currency?.toUpperCase(),
    decimal: mark && (mark === 'point' ? '.' : ','),
    delimiter: separator,
    inventory: inventory === undefined ? undefined : integer('--inventory', inventory, 0, 1_000_000_000),
    map: Object.fromEntries(values.map.map(mapping)),
  };
}

function mapping(text: string): readonly [keyof ColumnMap, string] {
  const [, field = '', column = ''] = /^([^=]*)=(.+)$/s.exec(text) ?? [];
  if (column === '') throw usageError(`--map "${text}" is not of the form FIELD=COLUMN`);
  return [oneOf('--map', field, Object.keys(plainColumns) as (keyof ColumnMap)[]), column];
}
