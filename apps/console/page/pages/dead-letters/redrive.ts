import type { Redriven } from '../../../server/protocol.ts';
import { ask } from '../../api.ts';
import { counted } from '../../parts/format.ts';

/** What became of a redrive. */
export interface Sent {
  readonly at: number;
  readonly says: string;
  readonly isProblem: boolean;
  /** Why each of those was left that were, by message id. */
  readonly reasons: Readonly<Record<string, string>>;
}

/** Sends one letter (`only`, by its message id) or all; those that would be refused again only if it is forced. */
export function redrive(
  queue: string,
  which: { readonly only?: string; readonly isForced?: boolean },
  token: string,
): Promise<Sent> {
  return ask<Redriven>(`/console/dead-letters/${encodeURIComponent(queue)}/redrive`, {
    method: 'POST',
    body: which,
    token,
  }).then(
    ({ body: { sent, left, reasons } }) => ({
      at: Date.now(),
      says: `${counted(sent, 'letter')} sent, ${left} left.`,
      isProblem: false,
      reasons,
    }),
    (error: Error) => ({ at: Date.now(), says: error.message, isProblem: true, reasons: {} }),
  );
}
