/** Resource of a template of CloudFormation. */
export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
}

/** Template of CloudFormation. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
}

/** In what the emulator differs from AWS, as reviewed in differences.json. The suite checks that each entry is still needed. */
export interface Differences {
  /** Types that its CloudFormation does not know, with who proves them instead: `moto`, or `nobody`. They are removed. */
  readonly unsupported: Readonly<Record<string, string>>;
  /** Types that it creates without some of their properties. */
  readonly droppedByFirst: readonly string[];
  /** Parts of the names of properties that the second emulator drops. */
  readonly droppedBySecond: readonly string[];
  /** Types of which those resources are removed as well that refer to one of an unsupported type. */
  readonly dependents: Readonly<Record<string, string>>;
  /** Values of the outputs that refer to a removed resource, by its type. */
  readonly standIns: Readonly<Record<string, string>>;
  /** Type of the alarms on metric math, each of which becomes an alarm on its first metric, under the same name. */
  readonly reducedAlarms: string;
  /** Actions for which the emulator asks for one that AWS does not have: whoever has the former gets the latter. */
  readonly actions: Readonly<Record<string, string>>;
}

/** A template that the emulator accepts, and what it lacks of the original: resources by their logical ids. */
export interface Adapted {
  readonly template: Template;
  readonly removed: Readonly<Record<string, Resource>>;
  readonly reduced: Readonly<Record<string, Resource>>;
}

/** Removes and changes what the differences say, and nothing else. Throws if anything else refers to a removed resource. */
export function adapt(template: Template, differences: Differences): Adapted {
  const removed = removedOf(template, differences);
  const reduced: Record<string, Resource> = {};
  const kept = Object.entries(template.Resources).filter(([id]) => removed[id] === undefined);
  const resources = kept.map(([id, resource]): [string, Resource] => {
    if (refersTo(resource.Properties, removed)) {
      throw new Error(
        `${id} (${resource.Type}) refers to a resource that the emulator lacks: list its type in dependents of differences.json`,
      );
    }
    const { DependsOn, ...rest } = resource;
    const dependencies = [DependsOn ?? []].flat().filter((name) => removed[name] === undefined);
    const isReduced =
      resource.Type === differences.reducedAlarms && resource.Properties?.['Metrics'] !== undefined;
    if (isReduced) reduced[id] = resource;
    const properties = isReduced ? onFirstMetric(resource.Properties ?? {}) : resource.Properties;
    return [
      id,
      {
        ...rest,
        ...(properties && {
          Properties: withActions(properties, differences.actions) as Resource['Properties'],
        }),
        ...(dependencies.length > 0 && { DependsOn: dependencies }),
      } as Resource,
    ];
  });
  const Resources = Object.fromEntries(resources);
  if (!template.Outputs) return { template: { ...template, Resources }, removed, reduced };
  const outputs = Object.entries(template.Outputs).map(([name, output]) => {
    const [lacking] = Object.entries(removed).filter(([id, resource]) =>
      refersTo(output, { [id]: resource }),
    );
    if (!lacking) return [name, output];
    const Value = differences.standIns[lacking[1].Type];
    if (Value !== undefined) return [name, { ...(output as object), Value }];
    throw new Error(
      `the output ${name} refers to a resource that the emulator lacks: list its type in standIns of differences.json`,
    );
  });
  const Outputs = Object.fromEntries(outputs) as Template['Outputs'];
  return { template: { ...template, Resources, Outputs } as Template, removed, reduced };
}

function removedOf(
  { Resources }: Template,
  { unsupported, dependents }: Differences,
): Record<string, Resource> {
  const all = Object.entries(Resources);
  const removed = Object.fromEntries(all.filter(([, { Type }]) => unsupported[Type] !== undefined));
  const dependsOn = ({ Type, Properties }: Resource) => {
    const of = Object.entries(removed).filter(([, other]) => other.Type === dependents[Type]);
    return refersTo(Properties, Object.fromEntries(of));
  };
  return { ...removed, ...Object.fromEntries(all.filter(([, resource]) => dependsOn(resource))) };
}

/** Whether a value has an intrinsic function that names one of these resources. */
export function refersTo(value: unknown, resources: Readonly<Record<string, Resource>>): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { Ref, 'Fn::GetAtt': attribute } = value as { Ref?: unknown; 'Fn::GetAtt'?: unknown };
  const names = [Ref, Array.isArray(attribute) ? attribute[0] : undefined];
  return (
    names.some((name) => typeof name === 'string' && Object.hasOwn(resources, name)) ||
    Object.values(value).some((part) => refersTo(part, resources))
  );
}

interface MetricQuery {
  readonly MetricStat?: {
    readonly Metric: Readonly<Record<string, unknown>>;
    readonly Period: number;
    readonly Stat: string;
  };
}

function onFirstMetric({ Metrics, ...rest }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const stat = (Metrics as readonly MetricQuery[]).find(({ MetricStat }) => MetricStat)?.MetricStat;
  if (!stat) throw new Error('an alarm on metric math has no metric');
  const { Metric, Period, Stat } = stat;
  return { ...rest, ...Metric, Period, [/^p\d/.test(Stat) ? 'ExtendedStatistic' : 'Statistic']: Stat };
}

/** Adds the emulator's actions to each list of actions that has AWS's. */
function withActions(value: unknown, actions: Differences['actions']): unknown {
  if (Array.isArray(value)) return value.map((part) => withActions(part, actions));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, part]: [string, unknown]) => {
    if (name !== 'Action') return [name, withActions(part, actions)];
    const granted = [part].flat() as readonly string[];
    const added = granted.flatMap((action) => actions[action] ?? []);
    return [name, added.length > 0 ? [...granted, ...added] : part];
  });
  return Object.fromEntries(entries) as unknown;
}
