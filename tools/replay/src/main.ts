import { fromCaller, readArguments, runCommand, usageError } from '@tandem/cli/command';
import { showProgress, type Progress } from '@tandem/cli/progress';
import { readSalesFile } from '@tandem/import/source';
import { systemUrl } from '@tandem/cli/target';
import { replay, type ReplayProgress } from './replay.ts';
import { describe } from './report.ts';

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
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw usageError('needs exactly one FILE');
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

  process.stdout.write(describe(report, bad.length));
  return report.differences.length > 0 ? 1 : 0;
});
