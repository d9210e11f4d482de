import { ACCOUNT, REGION, type Templates, valueOf } from './resources.ts';

/** Puts what CloudFormation would in the place of every intrinsic function below a value of a stack's template. */
export type Resolve = (stack: string, value: unknown) => unknown;

const pseudoParameters: Readonly<Record<string, string>> = {
  'AWS::AccountId': ACCOUNT,
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
  'AWS::URLSuffix': 'amazonaws.com',
};

interface StackOutput {
  readonly StackName: string;
  readonly OutputName: string;
}

/** What the names of a stage's stacks begin with. */
const STAGE = /^tandem-[a-z]+-/;

/** Throws for an intrinsic that cannot be resolved: what is granted must be known to the letter. */
export function createResolve(templates: Templates): Resolve {
  function resolve(stack: string, value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => resolve(stack, item));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [[name, argument] = ['', undefined]] = entries;
    if (entries.length === 1 && (name === 'Ref' || name.startsWith('Fn::')))
      return intrinsic(stack, name, argument);
    return Object.fromEntries(entries.map(([key, item]) => [key, resolve(stack, item)]));
  }

  function intrinsic(stack: string, name: string, argument: unknown): unknown {
    const list = () => resolve(stack, argument) as unknown[];
    switch (name) {
      case 'Ref':
        return reference(stack, String(argument), 'Ref');
      case 'Fn::GetAtt': {
        const [id = '', attribute = ''] = Array.isArray(argument) ? argument : String(argument).split('.');
        return reference(stack, String(id), String(attribute));
      }
      case 'Fn::Join': {
        const [separator, parts] = list();
        return (parts as unknown[]).map(String).join(String(separator));
      }
      case 'Fn::Split': {
        const [separator, text] = list();
        return String(text).split(String(separator));
      }
      case 'Fn::Select': {
        const [index, items] = list();
        return (items as unknown[])[Number(index)];
      }
      case 'Fn::Sub': {
        const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
        return substituted(stack, String(text), variables as Record<string, unknown>);
      }
      case 'Fn::ImportValue':
        return imported(String(resolve(stack, argument)));
      case 'Fn::GetStackOutput':
        return outputOf(resolve(stack, argument) as StackOutput);
      default:
        throw new Error(`${stack}: ${name} of ${JSON.stringify(argument)} cannot be resolved`);
    }
  }

  function reference(stack: string, id: string, attribute: string): string {
    if (id === 'AWS::StackName') return stack;
    const resource = templates[stack]?.Resources[id];
    const value =
      pseudoParameters[id] ??
      (resource && valueOf(resource, attribute, `${stack}-${id}`, (name) => resolve(stack, name)));
    if (value === undefined) throw new Error(`${stack}: ${attribute} of ${id} cannot be resolved`);
    return value;
  }

  function substituted(stack: string, text: string, variables: Record<string, unknown>): string {
    return text.replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      if (name in variables) return String(resolve(stack, variables[name]));
      const [id = '', attribute = 'Ref'] = name.split('.');
      return reference(stack, id, attribute);
    });
  }

  function imported(name: string): unknown {
    for (const [stack, { Outputs = {} }] of Object.entries(templates)) {
      const output = Object.values(Outputs).find(
        (it) => it.Export && resolve(stack, it.Export.Name) === name,
      );
      if (output) return resolve(stack, output.Value);
    }
    throw new Error(`no stack exports ${name}`);
  }

  /** An output of a stack of the deployment, whose name ends with the one that it has here. */
  function outputOf({ StackName, OutputName }: StackOutput): unknown {
    const stack = [StackName, StackName.replace(STAGE, '')].find((name) => name in templates);
    const output = stack === undefined ? undefined : templates[stack]?.Outputs?.[OutputName];
    if (stack === undefined || !output) throw new Error(`no stack ${StackName} with output ${OutputName}`);
    return resolve(stack, output.Value);
  }

  return resolve;
}
