import type { ServiceName } from '@tandem/contracts/topology';
import type { Consumption } from '../measurement.ts';
import type { Amount } from './units.ts';

/** Records the calls, messages and logs of a system: by sample, and averages of all samples. */
export function createRecorder() {
  let amounts: Amount[] = [];
  const sums = new Map<string, { readonly count: number; readonly sum: number }>();
  const add = (name: string, value: number) => {
    const { count, sum } = sums.get(name) ?? { count: 0, sum: 0 };
    sums.set(name, { count: count + 1, sum: sum + value });
  };
  const mean = (name: string) => {
    const { count, sum } = sums.get(name) ?? { count: 1, sum: 0 };
    return Math.round(sum / count);
  };

  return {
    called: (service: ServiceName, operation: string, consumption: readonly Amount[]): void =>
      void amounts.push(['calls', `${service} ${operation}`, 1], ...consumption),
    published: (topic: string, eventType: string): void =>
      void amounts.push(['messages', `${topic} ${eventType}`, 1]),
    transferred(principal: string, command: string, requestBytes: number, responseBytes: number): void {
      add(`${principal} ${command} request`, requestBytes);
      add(`${principal} ${command} response`, responseBytes);
    },
    logged: (service: ServiceName, text: string): void => add(`${service} log`, Buffer.byteLength(text)),

    /** Returns the amounts since the last call: a sample. */
    take(): readonly Amount[] {
      const sample = amounts;
      amounts = [];
      return sample;
    },
    logLineBytes: (service: ServiceName): number => mean(`${service} log`),
    /** Average bytes of a service's receives with messages and their deletion, and of the request of a receive. */
    receiveBytes(service: ServiceName) {
      const bytes = ['ReceiveMessageCommand', 'DeleteMessageBatchCommand'].flatMap((command) =>
        ['request', 'response'].map((part) => mean(`${service} ${command} ${part}`)),
      );
      return {
        receiveBytes: bytes.reduce((sum, value) => sum + value, 0),
        emptyReceiveRequestBytes: bytes[0] ?? 0,
      };
    },
  };
}

export type Recorder = ReturnType<typeof createRecorder>;

/** Consumption of a request or event: averages over its samples, of bytes over the items, without zeros, by name. */
export function consumptionOf(samples: readonly (readonly Amount[])[]): Consumption {
  const amounts = samples.flat();
  const averages = (sum: keyof Consumption) => {
    const names = amounts.flatMap(([of, name, value]) => (of === sum && value !== 0 ? [name] : []));
    const isOfItems = sum === 'itemBytes' || sum === 'indexBytes';
    return Object.fromEntries(
      [...new Set(names)]
        .sort((a, b) => a.localeCompare(b))
        .map((name) => {
          const values = amounts.flatMap(([of, other, value]) => (of === sum && other === name ? value : []));
          const total = values.reduce((all, value) => all + value, 0);
          return [name, rounded(total / (isOfItems ? values.length : samples.length))];
        }),
    );
  };
  return {
    read: averages('read'),
    write: averages('write'),
    calls: averages('calls'),
    changes: averages('changes'),
    messages: averages('messages'),
    created: averages('created'),
    itemBytes: averages('itemBytes'),
    indexBytes: averages('indexBytes'),
  };
}

const rounded = (value: number) => Math.round(value * 10_000) / 10_000;
