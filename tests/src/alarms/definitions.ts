import type { ServiceName } from '@tandem/contracts/topology';
import { type Resource, type StackName, synthesizeAll } from '../../../infra/src/testing/synth.ts';
import { createResolve } from '../../../infra/src/testing/privileges/intrinsics.ts';
import { type Alarm, readAlarm } from './alarm.ts';
import { type CompositeAlarm, readCompositeAlarm } from './composite-alarm.ts';

/** Alarms that the stacks of production define with all services, and generated attributes of their resources. */
export interface Definitions {
  /** By name. */
  readonly alarms: ReadonlyMap<string, Alarm>;
  /** By name, each after those that suppress it. */
  readonly composites: ReadonlyMap<string, CompositeAlarm>;
  /** Attribute of the only resource of a type in a stack; throws if there is not exactly one. */
  readonly only: (stack: string, type: string, attribute: string) => string;
  /** Namespace of a service's own metrics, from its tasks or functions. */
  readonly namespaceOf: (service: ServiceName) => string;
}

interface Variable {
  readonly Name: string;
  readonly Value: string;
}

/** Synthesizes production with all services. Alarms without a name, such as those of scaling, are named `stack/logical id` without CDK's hash. */
export function readDefinitions(): Definitions {
  const templates = synthesizeAll();
  const resolve = createResolve(templates);
  const alarms = new Map<string, Alarm>();
  const composites = new Map<string, CompositeAlarm>();
  for (const [stack, { Resources }] of Object.entries(templates)) {
    for (const [id, { Type, Properties }] of Object.entries(Resources)) {
      if (!/::CloudWatch::\w*Alarm/.test(Type)) continue;
      if (Type === 'AWS::CloudWatch::CompositeAlarm') {
        const resolved = resolve(stack, Properties) as Record<string, unknown>;
        composites.set(String(resolved['AlarmName']), readCompositeAlarm(resolved));
        continue;
      }
      if (Type !== 'AWS::CloudWatch::Alarm') throw new Error(`no drill for ${Type} yet: ${stack}/${id}`);
      const name = Properties['AlarmName'] ?? `${stack}/${id.replace(/[0-9A-F]{8}$/, '')}`;
      const state = Object.entries(Properties).filter(([property]) => !property.endsWith('Actions'));
      alarms.set(
        String(name),
        readAlarm(resolve(stack, Object.fromEntries(state)) as Record<string, unknown>),
      );
    }
  }
  return {
    alarms,
    composites,
    only(stack, type, attribute) {
      const { Resources } = templates[stack as StackName];
      const ids = Object.keys(Resources).filter((id) => Resources[id]?.Type === type);
      if (ids.length !== 1) throw new Error(`${stack} has ${ids.length} of ${type}`);
      return String(resolve(stack, { 'Fn::GetAtt': [ids[0], attribute] }));
    },
    namespaceOf(service) {
      const [namespace] = Object.values(templates[service].Resources)
        .flatMap(variablesOf)
        .filter(({ Name }) => Name === 'EMF_NAMESPACE');
      if (!namespace) throw new Error(`${service} has no namespace for its metrics`);
      return namespace.Value;
    },
  };
}

/** Environment variables of a task definition or a function; none of other resources. */
function variablesOf({ Type, Properties }: Resource): Variable[] {
  if (Type === 'AWS::ECS::TaskDefinition') {
    const containers = Properties['ContainerDefinitions'] as { Environment: Variable[] }[];
    return containers.flatMap(({ Environment }) => Environment);
  }
  if (Type !== 'AWS::Lambda::Function') return [];
  const variables = Properties['Environment'].Variables as Record<string, string>;
  return Object.entries(variables).map(([Name, Value]) => ({ Name, Value }));
}
