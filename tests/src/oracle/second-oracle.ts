import type { Call } from './aws-calls.ts';
import { ACCOUNT, REGION } from './ministack.ts';
import { type Created, type Properties, type ResourceApi, resourceApis } from './resource-apis.ts';
import { globalTable } from './table-api.ts';
import type { Adapted, Differences, Resource, Template } from './template.ts';

const apis: Readonly<Record<string, ResourceApi>> = {
  ...resourceApis,
  'AWS::DynamoDB::GlobalTable': globalTable,
};

const pseudoParameters: Readonly<Record<string, string>> = {
  'AWS::AccountId': ACCOUNT,
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
  'AWS::URLSuffix': 'amazonaws.com',
};

/**
 * Creates resources of templates by the APIs of their services, with those that they refer to, each once. What has no API here is
 * referred to by a made-up name.
 */
export function createByApi(call: Call, templates: ReadonlyMap<string, Template>) {
  const created = new Map<string, Promise<Created>>();

  const create = (
    stack: string,
    id: string,
    { Type, Properties: given = {} }: Resource,
  ): Promise<Created> => {
    const key = `${stack}/${id}`;
    const known = created.get(key);
    if (known) return known;
    const api = apis[Type];
    if (!api) return Promise.resolve({ Ref: nameOf(given) ?? `made-up/app/${id}/0` });
    const creating = resolve(stack, given).then((properties) => api.create(call, properties as Properties));
    created.set(key, creating);
    return creating;
  };

  const reference = async (stack: string, id: string, attribute: string): Promise<string> => {
    const pseudo = pseudoParameters[id];
    if (pseudo !== undefined) return pseudo;
    const resource = templates.get(stack)?.Resources[id];
    if (!resource) throw new Error(`${stack} has no resource ${id}`);
    return (
      (await create(stack, id, resource))[attribute] ??
      `arn:aws:made-up:${REGION}:${ACCOUNT}:${id}-${attribute}`
    );
  };

  const imported = (name: string): Promise<unknown> => {
    for (const [stack, { Outputs = {} }] of templates) {
      for (const output of Object.values(Outputs) as { Value: unknown; Export?: { Name: unknown } }[])
        if (output.Export?.Name === name) return resolve(stack, output.Value);
    }
    throw new Error(`no stack exports ${name}`);
  };

  const outputOf = ({
    StackName,
    OutputName,
  }: {
    StackName: string;
    OutputName: string;
  }): Promise<unknown> => {
    const output = templates.get(StackName)?.Outputs?.[OutputName] as { Value: unknown } | undefined;
    if (!output) throw new Error(`no stack ${StackName} with output ${OutputName}`);
    return resolve(StackName, output.Value);
  };

  const intrinsic = async (stack: string, name: string, argument: unknown): Promise<unknown> => {
    if (name === 'Ref') return reference(stack, String(argument), 'Ref');
    if (name === 'Fn::GetAtt') return reference(stack, ...(argument as [string, string]));
    if (name === 'Fn::GetAZs') return ['a', 'b', 'c'].map((zone) => REGION + zone);
    const value = await resolve(stack, argument);
    if (name === 'Fn::ImportValue') return imported(String(value));
    if (name === 'Fn::GetStackOutput') return outputOf(value as { StackName: string; OutputName: string });
    const [first, second] = value as [unknown, unknown];
    switch (name) {
      case 'Fn::Join':
        return (second as readonly unknown[]).join(String(first));
      case 'Fn::Split':
        return String(second).split(String(first));
      case 'Fn::Select':
        return (second as readonly unknown[])[Number(first)];
      default:
        throw new Error(`${stack}: ${name} is not resolved here: add it to second-oracle.ts`);
    }
  };

  async function resolve(stack: string, value: unknown): Promise<unknown> {
    if (Array.isArray(value)) return Promise.all(value.map((part) => resolve(stack, part)));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [[name, argument] = ['', undefined]] = entries;
    if (entries.length === 1 && (name === 'Ref' || name.startsWith('Fn::')))
      return intrinsic(stack, name, argument);
    const resolved = entries.map(async ([key, part]) => [key, await resolve(stack, part)] as const);
    return Object.fromEntries(await Promise.all(resolved));
  }

  return {
    /** Creates a resource and reads it back; resolves to the properties that differ, as text. */
    async differences(stack: string, id: string, resource: Resource): Promise<readonly string[]> {
      const { Properties: given = {}, Type } = resource;
      const read = apis[Type]?.read;
      if (!read) return [`${stack}/${id}: no API creates a ${Type} here: add one to resource-apis.ts`];
      const reference = await create(stack, id, resource);
      const { Tags: _, ...wanted } = (await resolve(stack, given)) as Properties;
      const found = await read(call, reference, wanted);
      return differing(wanted, found ?? {}).map((path) => `${stack}/${id} (${Type}): ${path}`);
    },
  };
}

/** Creates by API what the first emulator lacks; resolves to how many resources these are, and to what differs from the templates. */
export async function checkByApi(
  call: Call,
  templates: ReadonlyMap<string, Template>,
  lacks: ReadonlyMap<string, Adapted>,
  { unsupported, droppedByFirst, droppedBySecond }: Differences,
): Promise<{ readonly checked: number; readonly found: readonly string[] }> {
  const apis = createByApi(call, templates);
  const found: string[] = [];
  let checked = 0;
  for (const [stack, { Resources }] of templates) {
    const lacking = { ...lacks.get(stack)?.removed, ...lacks.get(stack)?.reduced };
    for (const [id, resource] of Object.entries(Resources)) {
      const isLacking = Object.hasOwn(lacking, id) || droppedByFirst.includes(resource.Type);
      if (!isLacking || unsupported[resource.Type] === 'nobody') continue;
      checked += 1;
      const differences = await apis.differences(stack, id, resource);
      found.push(...differences.filter((line) => !droppedBySecond.some((name) => line.includes(name))));
    }
  }
  return { checked, found };
}

/** The name that a template gives to a resource. */
function nameOf(properties: Properties): string | undefined {
  const name = Object.keys(properties).find((name) => /^\w+Name$/.test(name));
  const value = name === undefined ? undefined : properties[name];
  return typeof value === 'string' ? value : undefined;
}

/** Paths at which `found` has not the value that is wanted; what only `found` has does not matter. */
export function differing(wanted: unknown, found: unknown, path = ''): readonly string[] {
  if (typeof wanted === 'object' && wanted !== null) {
    if (Array.isArray(wanted) && (!Array.isArray(found) || found.length !== wanted.length))
      return [`${path} is ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`];
    const values = (found ?? {}) as Readonly<Record<string, unknown>>;
    return Object.entries(wanted).flatMap(([name, value]) =>
      differing(value, values[name], `${path}.${name}`),
    );
  }
  // CloudFormation accepts numbers and booleans as text.
  return String(wanted) === String(found)
    ? []
    : [`${path} is ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`];
}
