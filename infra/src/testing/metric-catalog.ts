import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** A metric of AWS: the sets of dimensions that it is published by, and the statistic that AWS recommends for each. */
export interface CatalogMetric {
  readonly dimensions: readonly string[];
  readonly statistic: string;
}

/** Key of a metric. */
export const metricKey = (namespace: string, name: string): string => `${namespace} ${name}`;

type Canned = Readonly<Record<string, (dimensions: object) => Described>>;
interface Described {
  readonly namespace: string;
  readonly metricName: string;
  readonly statistic: string;
}

const LIBRARY = join(import.meta.dirname, '../../node_modules/aws-cdk-lib');
const FILES = 'aws-*/lib/*-canned-metrics.generated.d.ts';
const require = createRequire(import.meta.url);

/**
 * The metrics that the CDK library knows, which it generates from AWS's own catalogue: names and statistics from its modules,
 * dimensions from their types. Throws if their form is another one.
 */
export function readMetricCatalog(): ReadonlyMap<string, readonly CatalogMetric[]> {
  const catalog = new Map<string, CatalogMetric[]>();
  for (const file of globSync(FILES, { cwd: LIBRARY })) {
    const path = join(LIBRARY, file);
    const classes = require(path.replace(/\.d\.ts$/, '.js')) as Readonly<Record<string, Canned>>;
    for (const [, name = '', body = ''] of readFileSync(path, 'utf8').matchAll(
      /^export declare class (\w+) \{\n([^]*?)^\}/gm,
    )) {
      for (const [, method = '', dimensions = ''] of body.matchAll(
        /static (\w+)\(this: void, dimensions: \{([^}]*)\}/g,
      )) {
        const describe = classes[name]?.[method];
        if (!describe) throw new Error(`${file} declares ${name}.${method}, which does not exist`);
        const { namespace, metricName, statistic } = describe({});
        const metrics = catalog.get(metricKey(namespace, metricName)) ?? [];
        const names = [...dimensions.matchAll(/(\w+): string/g)].map(([, dimension = '']) => dimension);
        catalog.set(metricKey(namespace, metricName), [
          ...metrics,
          { dimensions: names.toSorted(), statistic },
        ]);
      }
    }
  }
  if (catalog.size < 500) throw new Error(`only ${catalog.size} metrics in ${LIBRARY}/${FILES}`);
  return catalog;
}
