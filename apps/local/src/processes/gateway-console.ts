import type { Topology } from '@tandem/contracts/topology';
import { createEventBuffer } from '@tandem/console/event-buffer';
import type { Link } from '@tandem/console/link';
import type { ConsoleOptions } from '@tandem/console/routes';

/** Time that a killed process takes to be ready again. */
const RESTART_MS = 2_000;

/** Console of a system in processes. */
export function consoleOf(
  link: Link,
  {
    topology,
    ...options
  }: Pick<ConsoleOptions, 'endpoint' | 'records' | 'tables' | 'traceUrl'> & {
    readonly topology: Topology;
  },
): ConsoleOptions {
  const eventBuffer = createEventBuffer(topology);
  link.onTelemetry(eventBuffer.append);
  // Faults end with the gateway that has set them.
  void link.setFaults([]);
  return {
    mode: 'processes',
    eventBuffer,
    faults: { list: link.faults.list, replace: link.setFaults },
    kill: (service) => link.send({ kind: 'kill', service }),
    restartMs: RESTART_MS,
    ...options,
  };
}
