/** Process that sends the requests of one job, and exits with its parent. */
import { constants, setPriority } from 'node:os';
import { endWithParent } from '@tandem/local/processes/with-parent';
import { sendRequests } from './send.ts';
import type { Job } from '../engine.ts';
import type { SenderMessage } from '../node.ts';

endWithParent();
try {
  // A sender that waits for CPU would measure other processes. Only root may raise the priority.
  setPriority(constants.priority.PRIORITY_HIGH);
} catch {
  // The verdict reports whether it was late.
}
const send = (message: SenderMessage) => void process.send?.(message);
process.once('message', (job: Job) => {
  void sendRequests(job, {
    start: () => send({ kind: 'started' }),
    samples: (samples) => send({ kind: 'samples', samples }),
  }).then((sent) => send({ kind: 'sent', sent }));
});
