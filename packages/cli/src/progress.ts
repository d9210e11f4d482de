import cliProgress from 'cli-progress';
import { printable } from './printable.ts';

/** Progress display. */
export interface Progress {
  readonly update: (done: number) => void;
  /** Shows why there is no progress now, until the next update. Elsewhere than on a terminal, once for each cause. */
  readonly note: (text: string) => void;
  readonly stop: () => void;
}

/** Output stream of a progress display: a bar on a terminal, otherwise a line for each quarter. */
export type ProgressStream = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** Starts the progress display of `label` towards `total`, in `unit`; a bar has the rate and the remaining time. */
export function showProgress(stream: ProgressStream, label: string, total: number, unit: string): Progress {
  if (stream.isTTY) {
    const format = `${label} {bar} {percentage} % | {value}/{total} ${unit} | {rate} ${unit}/s | {eta_formatted} left {note}`;
    const bar = new cliProgress.SingleBar({ stream, format }, cliProgress.Presets.shades_classic);
    const startedMs = performance.now();
    bar.start(total, 0, { rate: 0, note: '' });
    return {
      update: (done) => {
        const seconds = (performance.now() - startedMs) / 1000;
        bar.update(done, { rate: Math.round(done / seconds).toLocaleString('en'), note: '' });
      },
      note: (text) => bar.update({ note: `| waiting: ${printable(text)}` }),
      stop: () => bar.stop(),
    };
  }
  let printedQuarters = 0;
  let noted = '';
  stream.write(`${label}: ${total} ${unit}\n`);
  return {
    update: (done) => {
      noted = '';
      const quarters = Math.floor((done / total) * 4);
      if (quarters <= printedQuarters) return;
      printedQuarters = quarters;
      stream.write(`${label}: ${quarters * 25} %\n`);
    },
    note: (text) => {
      if (text !== noted) stream.write(`${label}: waiting: ${printable(text)}\n`);
      noted = text;
    },
    stop: () => {},
  };
}

/**
 * Starts the display of a count without a total, in a line of a terminal; elsewhere it shows nothing. After `stop` the line is
 * free for other output, and the next update shows the count again.
 */
export function showCount(stream: ProgressStream) {
  let bar: cliProgress.SingleBar | undefined;
  return {
    update(label: string, count: number) {
      if (!stream.isTTY) return;
      if (!bar) {
        bar = new cliProgress.SingleBar({ stream, format: '{label}: {value}', clearOnComplete: true });
        bar.start(0, 0, { label });
      }
      bar.update(count, { label });
    },
    stop() {
      bar?.stop();
      bar = undefined;
    },
  };
}
