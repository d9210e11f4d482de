import { Problem } from './api.ts';

/** How long to wait before the next try, in milliseconds, when so many have failed one after the other. */
export function delayAfter(failures: number): number {
  return Math.min(10_000, 1_000 * 2 ** (failures - 1));
}

/** Whether a failure says that no gateway serves the page, rather than that it does not answer now. */
export function saysNoGateway(error: unknown): boolean {
  if (!(error instanceof Problem)) return true;
  const { status, code } = error;
  const isOurs = code !== '';
  return status === 404 || (status > 0 && status < 500 && !isOurs);
}

/**
 * Tells what is new by the ids of a stream, `epoch.number`: whoever connects again is told the last events once more.
 * Numbers only grow, until an epoch begins anew.
 */
export function createNews(): (id: string) => boolean {
  let known = { epoch: '', number: 0 };
  return (id) => {
    const [epoch = '', digits] = id.split('.');
    const number = Number(digits);
    if (epoch === known.epoch && number <= known.number) return false;
    known = { epoch, number };
    return true;
  };
}
