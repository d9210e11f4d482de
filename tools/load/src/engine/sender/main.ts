/** Sends one job's requests and ends with its parent. */
import { constants, setPriority } from 'node:os';
import { endWithParent } from '@tandem/local/processes/with-parent';
import { send } from './send.ts';
import type { Job } from '../engine.ts';
import type { Told } from '../node.ts';

endWithParent();
try {
  // A sender that waits for its turn measures whoever has it. Only root may ask for more than others get.
  setPriority(constants.priority.PRIORITY_HIGH);
} catch {
  // Then the verdict says whether it was late.
}
const tell = (told: Told) => void process.send?.(told);
process.once('message', (job: Job) => {
  void send(job, {
    start: () => tell({ kind: 'started' }),
    samples: (samples) => tell({ kind: 'samples', samples }),
  }).then((sent) => tell({ kind: 'sent', sent }));
});
