import { type Resource, resources, type Templates } from './synth.ts';

/** Properties of the alarms of a deployment that operators see, by name, without composite alarms. */
export function alarmsOf({
  observability,
}: Pick<Templates, 'observability'>): ReadonlyMap<string, Resource['Properties']> {
  const all = resources({ observability }, 'AWS::CloudWatch::Alarm');
  return new Map(all.map(({ Properties }) => [String(Properties['AlarmName']), Properties]));
}
