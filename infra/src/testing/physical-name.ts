import type { CloudFormation } from './synth.ts';

const NAMES = [
  'TableName',
  'QueueName',
  'TopicName',
  'FunctionName',
  'LogGroupName',
  'ServiceName',
  'AlarmName',
];

/** The physical name of what a property of a template refers to: by `Ref`, by an attribute, or by an ARN or a URL. */
export function physicalName(template: CloudFormation, value: unknown): string {
  if (typeof value === 'string') return value.split(/[:/]/).at(-1) ?? '';
  const [intrinsic, argument] = Object.entries(value as object)[0] as [string, unknown];
  switch (intrinsic) {
    case 'Ref':
      return nameOf(template, String(argument));
    case 'Fn::GetAtt':
      return nameOf(template, String((argument as unknown[])[0]));
    case 'Fn::Join':
      return physicalName(template, ((argument as unknown[])[1] as unknown[]).at(-1));
    default:
      throw new Error(`cannot name ${JSON.stringify(value)}`);
  }
}

function nameOf({ Resources }: CloudFormation, id: string): string {
  const { Properties = {} } = Resources[id] ?? {};
  const name: unknown = NAMES.map((property) => Properties[property] as unknown).find(Boolean);
  if (typeof name !== 'string') throw new Error(`${id} has no physical name`);
  return name;
}
