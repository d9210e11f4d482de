import type { Redriven } from '../../../server/protocol.ts';
import { request } from '../../api.ts';
import { counted } from '../../parts/format.ts';

/** Result of a redrive. */
export interface RedriveResult {
  readonly at: number;
  readonly summary: string;
  readonly isProblem: boolean;
  /** Reason of each message that was left in the queue, by message id. */
  readonly reasons: Readonly<Record<string, string>>;
}

/** Redrives one message (`only`, by its message id) or all; messages that would be rejected again only with `isForced`. */
export function redrive(
  queue: string,
  which: { readonly only?: string; readonly isForced?: boolean },
  token: string,
): Promise<RedriveResult> {
  return request<Redriven>(`/console/dead-letters/${encodeURIComponent(queue)}/redrive`, {
    method: 'POST',
    body: which,
    token,
  }).then(
    ({ body: { sent, left, reasons } }) => ({
      at: Date.now(),
      summary: `${counted(sent, 'message')} redriven, ${left} left.`,
      isProblem: false,
      reasons,
    }),
    (error: Error) => ({ at: Date.now(), summary: error.message, isProblem: true, reasons: {} }),
  );
}
