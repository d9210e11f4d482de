import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { type Job, sendRequests } from './send.ts';
import type { Tally } from './tally.ts';

/**
 * Sends the requests of a job from a thread of its own, so that observing the system does not delay them. Calls back when the
 * run begins.
 */
export async function sendFromThread(job: Job, onStart: () => void): Promise<Tally> {
  const thread = new Worker(import.meta.filename, { workerData: job });
  await once(thread, 'message');
  onStart();
  const [tally] = (await once(thread, 'message')) as [Tally];
  return tally;
}

if (parentPort) {
  try {
    // A sender that waits for CPU would measure other processes. Only root may raise the priority.
    setPriority(constants.priority.PRIORITY_HIGH);
  } catch {
    // The verdict reports whether it was late.
  }
  const port = parentPort;
  port.postMessage(await sendRequests(workerData as Job, () => port.postMessage('started')));
}
