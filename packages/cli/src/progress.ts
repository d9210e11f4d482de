import cliProgress from 'cli-progress';

/** Progress display. */
export interface Progress {
  readonly update: (done: number) => void;
  readonly stop: () => void;
}

/** Output stream of a progress display: a bar on a terminal, otherwise a line for each quarter. */
export type ProgressStream = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** Starts the progress display of `label` towards `total`, in `unit`. */
export function showProgress(stream: ProgressStream, label: string, total: number, unit: string): Progress {
  return stream.isTTY ? bar(stream, label, total, unit) : lines(stream, label, total, unit);
}

function bar(stream: ProgressStream, label: string, total: number, unit: string): Progress {
  const format = `${label} {bar} {percentage} % | {value}/{total} ${unit}`;
  const bar = new cliProgress.SingleBar({ stream, format }, cliProgress.Presets.shades_classic);
  bar.start(total, 0);
  return { update: (done) => bar.update(done), stop: () => bar.stop() };
}

function lines(stream: ProgressStream, label: string, total: number, unit: string): Progress {
  let printedQuarters = 0;
  stream.write(`${label}: ${total} ${unit}\n`);
  return {
    update: (done) => {
      const quarters = Math.floor((done / total) * 4);
      if (quarters <= printedQuarters) return;
      printedQuarters = quarters;
      stream.write(`${label}: ${quarters * 25} %\n`);
    },
    stop: () => {},
  };
}
