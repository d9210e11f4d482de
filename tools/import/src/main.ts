import { fromCaller, readArguments, runCommand, usageError } from '@tandem/cli/command';
import { mintToken } from '@tandem/emulators/issuer';
import { load } from './load.ts';
import { showProgress } from '@tandem/cli/progress';
import { openSource } from './source.ts';
import { systemUrl } from '@tandem/cli/target';

const help = `Imports products into a running system.

  npm run import -- FILE [--stock count] [--url URL] [--skip-bad]

  FILE           .csv (the columns of the UCI "Online Retail" data set), .json (an array of products or {"items": […]})
                 or .ndjson (one product per line); a relative path is resolved from the current directory
  --stock count  set the stock on hand of existing products to inventory; default: their stock is unchanged
  --url URL      base URL of the system (default: http://127.0.0.1:8080, or the port in PORT)
  --skip-bad     exit with 0 even if rows were bad

Fields that a row omits are unchanged in an existing product: a row may have only its productId and a price.
Importing the same file again has no effect.

Bad rows are reported with their line and skipped; all others are imported.
Exit code: 0 done, 1 failed or a row was bad, 2 usage error.
`;

await runCommand(async () => {
  const { values, positionals } = readArguments({
    help,
    allowPositionals: true,
    options: {
      url: { type: 'string' },
      stock: { type: 'string' },
      'skip-bad': { type: 'boolean', default: false },
    },
  });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw usageError('needs exactly one FILE');
  if (values.stock !== undefined && values.stock !== 'count')
    throw usageError(`--stock "${values.stock}" is unknown: use --stock count`);
  const url = systemUrl(values.url, process.env['PORT']);

  const source = await openSource(fromCaller(file, process.env));
  const token = await mintToken({ subject: 'import', scopes: ['products:write'] });
  const progress = showProgress(process.stderr, 'importing', source.total, source.unit);
  const report = await load(url, source, token, progress.update, {
    isStockCount: values.stock === 'count',
  }).finally(progress.stop);

  for (const { line, reason } of report.bad) process.stderr.write(`line ${line}: ${reason}\n`);
  const { created, updated, unchanged, bad } = report;
  process.stdout.write(
    `imported: ${created} created, ${updated} updated, ${unchanged} unchanged, ${bad.length} rows skipped\n`,
  );
  return bad.length > 0 && !values['skip-bad'] ? 1 : 0;
});
