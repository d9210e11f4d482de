import type { DeadLetterQueue } from '../../../server/protocol.ts';
import { selected } from '../../parts/selection.ts';

const kinds = { givenUp: 'not handled', undelivered: 'not delivered', unpublishable: 'not published' };

/** Table of the dead-letter queues; each name links to the messages of the queue. */
export function Queues({ queues }: { queues: readonly DeadLetterQueue[] }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Dead-letter queues">
      <table class="queues">
        <thead>
          <tr>
            <th scope="col">Queue and depth</th>
            <th scope="col">Kind</th>
            <th scope="col">Description</th>
          </tr>
        </thead>
        <tbody>
          {queues.map(({ queue, kind, what, visible, inFlight }) => (
            <tr key={queue} class={queue === selected.value ? 'chosen' : ''}>
              <th scope="row">
                <a
                  href={`#/dead-letters/${queue}`}
                  aria-current={queue === selected.value ? 'true' : undefined}
                >
                  {queue}{' '}
                  <span class={visible + inFlight > 0 ? 'depth bad-ink' : 'depth'}>{visible + inFlight}</span>
                </a>
              </th>
              <td>{kinds[kind]}</td>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
