import { fromCaller, readArguments, runCommand, usageError } from '@tandem/cli/command';
import { mintToken } from '@tandem/emulators/issuer';
import { load } from './load.ts';
import { showProgress } from '@tandem/cli/progress';
import { openSource } from './source.ts';
import { systemUrl } from '@tandem/cli/target';

const help = `Loads products into a running system.

  npm run import -- FILE [--stock count] [--url URL] [--skip-bad]

  FILE           .csv (the columns of the UCI "Online Retail" data set), .json (an array of products or {"items": […]})
                 or .ndjson (a product a line); a relative path starts at the directory that npm was called in
  --stock count  inventory is a count of the stock on hand, also of products that exist; default: their stock stays
  --url URL      the system (http://127.0.0.1:8080, or the port in PORT)
  --skip-bad     exit with 0 although rows were bad

A product that exists keeps the fields that its row leaves out: a row may name its productId and a price alone.
Importing the same file again changes nothing.

Bad rows are reported with their line and skipped; the good ones are imported in any case.
Exit code: 0 done, 1 failed or a row was bad, 2 wrong usage.
`;

await runCommand(async () => {
  const { values, positionals } = readArguments({
    allowPositionals: true,
    options: {
      url: { type: 'string' },
      stock: { type: 'string' },
      'skip-bad': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw usageError('give one file');
  if (values.stock !== undefined && values.stock !== 'count') throw usageError('--stock takes count');
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
