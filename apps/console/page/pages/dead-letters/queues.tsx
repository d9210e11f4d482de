import type { DeadLetterQueue } from '../../../server/protocol.ts';
import { selected } from '../../parts/selection.ts';
import { Table } from '../../parts/table.tsx';

const kinds = { givenUp: 'not handled', undelivered: 'not delivered', unpublishable: 'not published' };

/** Table of the dead-letter queues; each name links to the messages of the queue. */
export function Queues({ queues }: { readonly queues: readonly DeadLetterQueue[] }) {
  return (
    <Table
      label="Dead-letter queues"
      class="queues"
      columns={['Queue', { number: 'Messages' }, 'Kind', 'Description']}
    >
      {queues.map(({ queue, kind, what, visible, inFlight }) => (
        <tr key={queue}>
          <th scope="row">
            <a href={`#/dead-letters/${queue}`} aria-current={queue === selected.value ? 'true' : undefined}>
              {queue}
            </a>
          </th>
          <td class={visible + inFlight > 0 ? 'number bad-ink' : 'number'}>{visible + inFlight}</td>
          <td>{kinds[kind]}</td>
          <td>{what}</td>
        </tr>
      ))}
    </Table>
  );
}
