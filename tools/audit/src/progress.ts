import cliProgress from 'cli-progress';
import type { ProgressStream } from '@tandem/cli/progress';

/** Progress display of a scan, without a total, which is unknown. */
export interface AuditProgress {
  readonly update: (phase: string, items: number) => void;
  /** Removes it from the terminal, so that a line can be printed; the next update shows it again. */
  readonly stop: () => void;
}

/** Starts the display; without a terminal it shows nothing. */
export function showAuditProgress(stream: ProgressStream): AuditProgress {
  if (!stream.isTTY) return { update: () => undefined, stop: () => undefined };
  let bar: cliProgress.SingleBar | undefined;
  return {
    update(phase, items) {
      bar ??= started(stream);
      bar.update(items, { phase });
    },
    stop() {
      bar?.stop();
      bar = undefined;
    },
  };
}

function started(stream: ProgressStream): cliProgress.SingleBar {
  const format = 'reading {phase}: {value}';
  const bar = new cliProgress.SingleBar(
    { stream, format, clearOnComplete: true },
    cliProgress.Presets.shades_classic,
  );
  bar.start(0, 0, { phase: '' });
  return bar;
}
