import type { ServiceName } from '@tandem/contracts/topology';
import { synthesize } from '../../../infra/src/testing/synth.ts';
import { createResolve } from '../../../infra/src/testing/privileges/intrinsics.ts';
import { type Alarm, readAlarm } from './alarm.ts';

/** Alarms that the stacks of production define, and generated attributes of their resources. */
export interface Definitions {
  /** By name. */
  readonly alarms: ReadonlyMap<string, Alarm>;
  /** Attribute of the only resource of a type in a stack; throws if there is not exactly one. */
  readonly only: (stack: string, type: string, attribute: string) => string;
  /** Namespace of a service's own metrics, from its task definition. */
  readonly namespaceOf: (service: ServiceName) => string;
}

interface Variable {
  readonly Name: string;
  readonly Value: string;
}

/** Synthesizes production. Alarms without a name, such as those of scaling, are named `stack/logical id` without CDK's hash. */
export function readDefinitions(): Definitions {
  const templates = synthesize();
  const resolve = createResolve(templates);
  const alarms = new Map<string, Alarm>();
  for (const [stack, { Resources }] of Object.entries(templates)) {
    for (const [id, { Type, Properties }] of Object.entries(Resources)) {
      if (!/::CloudWatch::\w*Alarm/.test(Type)) continue;
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
    only(stack, type, attribute) {
      const { Resources } = templates[stack as keyof typeof templates];
      const ids = Object.keys(Resources).filter((id) => Resources[id]?.Type === type);
      if (ids.length !== 1) throw new Error(`${stack} has ${ids.length} of ${type}`);
      return String(resolve(stack, { 'Fn::GetAtt': [ids[0], attribute] }));
    },
    namespaceOf(service) {
      const variables = Object.values(templates[service].Resources)
        .filter(({ Type }) => Type === 'AWS::ECS::TaskDefinition')
        .flatMap(({ Properties }) => Properties['ContainerDefinitions'] as { Environment: Variable[] }[])
        .flatMap(({ Environment }) => Environment);
      const [namespace] = variables.filter(({ Name }) => Name === 'EMF_NAMESPACE');
      if (!namespace) throw new Error(`${service} has no namespace for its metrics`);
      return namespace.Value;
    },
  };
}
