import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Engine, Sample, Sent } from './engine.ts';

/** Message from the sender's process. */
export type SenderMessage =
  | { readonly kind: 'started' }
  | { readonly kind: 'samples'; readonly samples: readonly Sample[] }
  | { readonly kind: 'sent'; readonly sent: Sent };

/** Engine that sends from a separate Node.js process, so that it does not slow down the system under test. */
export const nodeEngine: Engine = async (job, on) => {
  const child = fork(join(import.meta.dirname, 'sender/main.ts'));
  const sent = Promise.withResolvers<Sent>();
  sent.promise.catch(() => undefined);
  child.on('message', (message: SenderMessage) => {
    if (message.kind === 'started') on.start();
    else if (message.kind === 'samples') for (const sample of message.samples) on.sample(sample);
    else sent.resolve(message.sent);
  });
  child.once('exit', (code, signal) => sent.reject(new Error(`The sender exited with ${code ?? signal}`)));
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
