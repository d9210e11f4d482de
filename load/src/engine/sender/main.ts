/** Sends one job's requests and ends with its parent. */
import { endWithParent } from '@tandem/local/processes/with-parent';
import { send } from './send.ts';
import type { Job } from '../engine.ts';
import type { Told } from '../node.ts';

endWithParent();
const tell = (told: Told) => void process.send?.(told);
process.once('message', (job: Job) => {
  void send(job, {
    start: () => tell({ kind: 'started' }),
    samples: (samples) => tell({ kind: 'samples', samples }),
  }).then((sent) => tell({ kind: 'sent', sent }));
});
