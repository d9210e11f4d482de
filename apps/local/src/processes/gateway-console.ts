import { createEventBuffer } from '@tandem/console/event-buffer';
import type { Link } from '@tandem/console/link';
import type { ConsoleOptions } from '@tandem/console/routes';

/** Console of a system in processes: each process that starts, the gateway included, gets the list of active faults. */
export function consoleOf(
  link: Link,
  options: Pick<ConsoleOptions, 'endpoint' | 'saveRecord' | 'tables'>,
): ConsoleOptions {
  const eventBuffer = createEventBuffer();
  const sendFaults = () => link.send({ kind: 'faults', faults: link.faults.list() });
  link.onTelemetry((note) => {
    eventBuffer.append(note);
    if (note.kind === 'joined') sendFaults();
  });
  sendFaults();
  return {
    mode: 'processes',
    eventBuffer,
    faults: {
      list: link.faults.list,
      replace(list) {
        link.faults.replace(list);
        sendFaults();
      },
    },
    kill: (service) => link.send({ kind: 'kill', service }),
    ...options,
  };
}
