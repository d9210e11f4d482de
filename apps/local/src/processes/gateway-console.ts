import { createHub } from '@tandem/console/hub';
import type { Link } from '@tandem/console/link';
import type { ConsoleOptions } from '@tandem/console/routes';

/** The console of a system in processes: whoever starts, this gateway included, is told which faults are on. */
export function consoleOf(
  link: Link,
  options: Pick<ConsoleOptions, 'endpoint' | 'keep' | 'tables'>,
): ConsoleOptions {
  const hub = createHub();
  const tellFaults = () => link.send({ kind: 'faults', faults: link.faults.list() });
  link.onNote((note) => {
    hub.hear(note);
    if (note.kind === 'joined') tellFaults();
  });
  tellFaults();
  return {
    mode: 'processes',
    hub,
    faults: {
      list: link.faults.list,
      replace(list) {
        link.faults.replace(list);
        tellFaults();
      },
    },
    kill: (service) => link.send({ kind: 'kill', service }),
    ...options,
  };
}
