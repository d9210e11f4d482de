import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Engine, Sample, Sent } from './engine.ts';

/** What the sender's process tells. */
export type Told =
  | { readonly kind: 'started' }
  | { readonly kind: 'samples'; readonly samples: readonly Sample[] }
  | { readonly kind: 'sent'; readonly sent: Sent };

/** Sends from a Node.js process of its own, so that it does not slow down what it measures. */
export const nodeEngine: Engine = async (job, on) => {
  const child = fork(join(import.meta.dirname, 'sender/main.ts'));
  const sent = Promise.withResolvers<Sent>();
  sent.promise.catch(() => undefined);
  child.on('message', (told: Told) => {
    if (told.kind === 'started') on.start();
    else if (told.kind === 'samples') for (const sample of told.samples) on.sample(sample);
    else sent.resolve(told.sent);
  });
  child.once('exit', (code, signal) => sent.reject(new Error(`the sender ended with ${code ?? signal}`)));
  child.send(job);
  try {
    return await sent.promise;
  } finally {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill();
      await once(child, 'exit');
    }
  }
};
