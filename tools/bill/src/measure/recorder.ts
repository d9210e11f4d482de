import type { ServiceName } from '@tandem/contracts/topology';
import type { Consumption } from '../measurement.ts';
import type { CallConsumption } from './units.ts';

/** Calls of DynamoDB, and published messages, since the previous sample. */
export interface Sample {
  readonly calls: readonly (CallConsumption & {
    readonly service: ServiceName;
    readonly operation: string;
  })[];
  /** Topic and event type of each message. */
  readonly messages: readonly string[];
}

/** Records the calls, messages and logs of a system: by sample, and averages of all samples. */
export function createRecorder() {
  let calls: Sample['calls'][number][] = [];
  let messages: string[] = [];
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
    called(service: ServiceName, operation: string, consumption: CallConsumption): void {
      calls.push({ service, operation, ...consumption });
    },
    published: (topic: string, eventType: string): void => void messages.push(`${topic} ${eventType}`),
    transferred(principal: string, command: string, requestBytes: number, responseBytes: number): void {
      add(`${principal} ${command} request`, requestBytes);
      add(`${principal} ${command} response`, responseBytes);
    },
    logged: (service: ServiceName, text: string): void => add(`${service} log`, Buffer.byteLength(text)),

    /** Returns the sample since the last call. */
    take(): Sample {
      const sample = { calls, messages };
      [calls, messages] = [[], []];
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

/** Consumption of a request or event: averages over its samples. */
export function consumptionOf(samples: readonly Sample[]): Consumption {
  const calls = samples.flatMap((sample) => sample.calls);
  const units = calls.flatMap((call) => call.units);
  const written = calls.flatMap((call) => call.written);
  const perSample = (entries: Entries) => averages(entries, () => samples.length);
  const perItem = (entries: Entries) =>
    averages(entries, (type) => written.filter((item) => item.type === type).length);
  return {
    read: perSample(units.map(({ name, read }) => [name, read])),
    write: perSample(units.map(({ name, write }) => [name, write])),
    calls: perSample(calls.map(({ service, operation }) => [`${service} ${operation}`, 1])),
    changes: perSample(calls.flatMap(({ changes }) => changes.map((table) => [table, 1] as const))),
    messages: perSample(samples.flatMap((sample) => sample.messages.map((name) => [name, 1] as const))),
    created: perSample(written.map(({ type, isNew }) => [type, Number(isNew)])),
    itemBytes: perItem(written.map(({ type, bytes }) => [type, bytes])),
    indexBytes: perItem(written.map(({ type, indexBytes }) => [type, indexBytes])),
  };
}

type Entries = readonly (readonly [name: string, value: number])[];

/** Sums by name divided by a count, without zeros, in the order of the names. */
function averages(entries: Entries, countOf: (name: string) => number): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [name, value] of entries) if (value !== 0) sums[name] = (sums[name] ?? 0) + value;
  return Object.fromEntries(
    Object.entries(sums)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([name, sum]) => [name, rounded(sum / countOf(name))]),
  );
}

const rounded = (value: number) => Math.round(value * 10_000) / 10_000;
