import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AwsCalls, type Call, openAwsCalls } from './aws-calls.ts';
import {
  type AdaptedAssembly,
  adaptAssembly,
  type Assembly,
  commandsOf,
  type Plant,
  synthesize,
} from './deployment.ts';
import differences from './differences.json' with { type: 'json' };
import { type Front, startFront } from './front.ts';
import { ACCOUNT, type MiniStack, REGION, sdkEnvironment, startMiniStack } from './ministack.ts';
import { atEndpoint, deployedTasks, type RunningTask, startTask } from './tasks.ts';

export interface StageOptions {
  readonly python: string;
  readonly plant?: Plant | undefined;
  /** Told what is being done. */
  readonly onStep: (step: string) => void;
}

/** A stage that is deployed to the emulator, and runs. All of it ends when it goes out of scope. */
export interface OracleStage extends AsyncDisposable {
  readonly folder: string;
  readonly ministack: MiniStack;
  readonly call: Call;
  /** The stacks as the CDK wrote them. */
  readonly original: Assembly;
  readonly assembly: AdaptedAssembly;
  readonly commands: ReturnType<typeof commandsOf>;
  readonly front: Front;
  /** The deployed URL of the load balancer. */
  readonly url: string;
  readonly tasks: readonly RunningTask[];
}

/** An empty account, and the stacks that will be deployed to it. */
export interface EmptyAccount extends AsyncDisposable, Omit<OracleStage, 'front' | 'url' | 'tasks'> {}

/** Starts the emulator with an empty account, and synthesizes the stacks. */
export async function openAccount({ python, plant, onStep }: StageOptions): Promise<EmptyAccount> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'tandem-oracle-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  onStep('MiniStack with an empty account');
  const ministack = stack.use(await startMiniStack(python, folder));
  const env = sdkEnvironment(ministack, ministack.root);
  const calls: AwsCalls = stack.use(openAwsCalls({ python, credentials: ministack.root, env }));
  onStep('cdk synth');
  const original = await synthesize(join(folder, 'cdk.out'));
  const assembly = await adaptAssembly(original, join(folder, 'adapted'), differences, plant);
  const owned = stack.move();
  return {
    folder,
    ministack,
    call: calls.call,
    original,
    assembly,
    commands: commandsOf(assembly.assembly, env),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Bootstraps the account, deploys all stacks, and runs their services. The account ends with the stage. */
export async function deployStage(
  account: EmptyAccount,
  onStep: StageOptions['onStep'],
): Promise<OracleStage> {
  await using stack = new AsyncDisposableStack();
  stack.use(account);
  const { call, commands, ministack, assembly, folder } = account;
  onStep('cdk bootstrap');
  await commands.bootstrap();
  await letImagesBeFound(call, assembly.assembly.qualifier);
  onStep('cdk deploy');
  await commands.deploy();
  onStep('services');
  await sendFunctionsToEndpoint(call, ministack.endpoint);
  await registerFunctions(call, assembly.assembly);
  const deployed = await deployedTasks(call);
  const tasks = await Promise.all(
    deployed.map(async (task) => stack.use(await startTask(call, task, { ministack, folder }))),
  );
  const url = await outputOf(call, 'Url');
  const certificate = await readFile(ministack.certificate, 'utf8');
  const front = stack.use(await startFront(ministack.endpoint, certificate, new URL(url).host));
  const owned = stack.move();
  return { ...account, front, url, tasks, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** The output of any stack with this key. */
async function outputOf(call: Call, key: string): Promise<string> {
  const { Stacks } = await call<{
    Stacks: readonly { Outputs?: readonly { OutputKey: string; OutputValue: string }[] }[];
  }>('cloudformation', 'DescribeStacks');
  const output = Stacks.flatMap(({ Outputs = [] }) => Outputs).find(({ OutputKey }) => OutputKey === key);
  if (!output) throw new Error(`no stack has the output ${key}`);
  return output.OutputValue;
}

/** MiniStack checks two calls for an image, which it says exists, on all repositories; on AWS the bootstrap's own policy is enough. */
async function letImagesBeFound(call: Call, qualifier: string): Promise<void> {
  const Action = ['ecr:DescribeImages', 'ecr:DescribeRepositories'];
  const Statement = [{ Effect: 'Allow', Action, Resource: '*' }];
  await call('iam', 'PutRolePolicy', {
    RoleName: `cdk-${qualifier}-image-publishing-role-${ACCOUNT}-${REGION}`,
    PolicyName: 'emulator',
    PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
  });
}

interface FunctionConfiguration {
  readonly FunctionName: string;
  readonly Environment?: { readonly Variables?: Readonly<Record<string, string>> };
}

/** Replaces the hosts of queues in the variables of the deployed functions. */
async function sendFunctionsToEndpoint(call: Call, endpoint: string): Promise<void> {
  const { Functions } = await call<{ Functions: readonly FunctionConfiguration[] }>(
    'lambda',
    'ListFunctions',
  );
  for (const { FunctionName, Environment } of Functions) {
    const variables = Object.entries(Environment?.Variables ?? {});
    const Variables = Object.fromEntries(
      variables.map(([name, value]) => [name, atEndpoint(value, endpoint)]),
    );
    await call('lambda', 'UpdateFunctionConfiguration', { FunctionName, Environment: { Variables } });
  }
}

interface StackResources {
  readonly StackResources: readonly {
    readonly LogicalResourceId: string;
    readonly PhysicalResourceId: string;
  }[];
}

/** Registers the functions of target groups: MiniStack's CloudFormation drops the property `Targets`. */
async function registerFunctions(call: Call, { templates }: Assembly): Promise<void> {
  for (const [StackName, { Resources }] of templates) {
    for (const [id, { Type, Properties }] of Object.entries(Resources)) {
      const [target] = (Properties?.['Targets'] ?? []) as readonly {
        Id?: { 'Fn::GetAtt'?: readonly string[] };
      }[];
      const [name] = target?.Id?.['Fn::GetAtt'] ?? [];
      if (Type !== 'AWS::ElasticLoadBalancingV2::TargetGroup' || name === undefined) continue;
      const { StackResources } = await call<StackResources>('cloudformation', 'DescribeStackResources', {
        StackName,
      });
      const physical = new Map(StackResources.map((it) => [it.LogicalResourceId, it.PhysicalResourceId]));
      const Id = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${physical.get(name)}`;
      await call('elbv2', 'RegisterTargets', { TargetGroupArn: physical.get(id), Targets: [{ Id }] });
    }
  }
}
