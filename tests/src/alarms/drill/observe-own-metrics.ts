import { type EmfScope, startEmf } from '@tandem/chassis/emf';
import type { Metrics } from '@tandem/chassis/metrics';
import { type CloudWatch, MINUTE_MS } from './cloudwatch.ts';

/** Document of the embedded metric format (EMF), as far as it is used here. */
interface EmfDocument extends Readonly<Record<string, unknown>> {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
}

interface Distribution {
  readonly Min: number;
  readonly Max: number;
  readonly Values: readonly number[];
  readonly Counts: readonly number[];
}

/** Records the metrics that a service emits as EMF documents each minute, as CloudWatch does from its log. */
export function observeOwnMetrics(
  metrics: Metrics,
  { cloudWatch, ...scope }: EmfScope & { readonly cloudWatch: CloudWatch },
): AsyncDisposable {
  const emf = startEmf({
    metrics,
    ...scope,
    intervalMs: MINUTE_MS,
    write: (line) => record(JSON.parse(line) as EmfDocument, cloudWatch),
  });
  return { [Symbol.asyncDispose]: () => emf.stop() };
}

function record({ _aws: { CloudWatchMetrics }, ...document }: EmfDocument, cloudWatch: CloudWatch): void {
  for (const { Namespace, Dimensions, Metrics } of CloudWatchMetrics) {
    for (const names of Dimensions) {
      const dimensions = Object.fromEntries(names.map((name) => [name, String(document[name])]));
      for (const { Name } of Metrics) {
        for (const value of valuesOf(document[Name] as number | Distribution))
          cloudWatch.record(Namespace, Name, dimensions, value);
      }
    }
  }
}

/** Values of a metric. For a distribution minimum and maximum are exact, the others are means of their buckets. */
function valuesOf(target: number | Distribution): readonly number[] {
  if (typeof target === 'number') return [target];
  const { Min, Max, Values, Counts } = target;
  const values = Values.flatMap((value, i) => Array.from({ length: Counts[i] ?? 0 }, () => value));
  return values.length < 2 ? [Max] : [Min, ...values.slice(1, -1), Max];
}
