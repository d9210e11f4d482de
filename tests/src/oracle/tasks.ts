import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { bundle } from '@tandem/bundle/bundle';
import { type ServiceName, serviceNames } from '@tandem/contracts/topology';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/until.ts';
import type { Call, Credentials } from './aws-calls.ts';
import { ACCOUNT, type MiniStack, sdkEnvironment } from './ministack.ts';

/** A service of ECS as it is deployed. */
export interface DeployedTask {
  readonly service: ServiceName;
  /** Variables of its task definition. */
  readonly environment: Readonly<Record<string, string>>;
  readonly role: string;
  readonly targetGroups: readonly string[];
}

/** A process in place of a task; killed when it goes out of scope. */
export interface RunningTask extends AsyncDisposable {
  readonly service: ServiceName;
  readonly output: () => string;
}

interface EcsService {
  readonly serviceName: string;
  readonly taskDefinition: string;
  readonly loadBalancers: readonly { readonly targetGroupArn: string }[];
}

interface TaskDefinition {
  readonly taskRoleArn: string;
  readonly containerDefinitions: readonly {
    readonly environment: readonly { readonly name: string; readonly value: string }[];
  }[];
}

/** Reads all services of ECS back from the account, with their current task definitions. */
export async function deployedTasks(call: Call): Promise<readonly DeployedTask[]> {
  const { clusterArns } = await call<{ clusterArns: readonly string[] }>('ecs', 'ListClusters');
  const found = await Promise.all(
    clusterArns.map(async (cluster) => {
      const { serviceArns } = await call<{ serviceArns: readonly string[] }>('ecs', 'ListServices', {
        cluster,
      });
      if (serviceArns.length === 0) return [];
      const described = await call<{ services: readonly EcsService[] }>('ecs', 'DescribeServices', {
        cluster,
        services: serviceArns,
      });
      return Promise.all(described.services.map((service) => deployedTask(call, service)));
    }),
  );
  return found.flat();
}

async function deployedTask(call: Call, service: EcsService): Promise<DeployedTask> {
  const { taskDefinition } = await call<{ taskDefinition: TaskDefinition }>('ecs', 'DescribeTaskDefinition', {
    taskDefinition: service.taskDefinition,
  });
  const name = serviceNames.find((candidate) => service.serviceName.endsWith(candidate));
  const [container] = taskDefinition.containerDefinitions;
  if (name === undefined || !container) throw new Error(`${service.serviceName} is none of ours`);
  return {
    service: name,
    environment: Object.fromEntries(container.environment.map(({ name, value }) => [name, value])),
    role: taskDefinition.taskRoleArn,
    targetGroups: service.loadBalancers.map(({ targetGroupArn }) => targetGroupArn),
  };
}

/** Credentials of a session of a role, whose trust is extended to this account; its policies stay as deployed. */
export async function sessionOf(call: Call, role: string): Promise<Credentials> {
  const RoleName = role.slice(role.lastIndexOf('/') + 1);
  const trusting = {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
    Action: 'sts:AssumeRole',
  };
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trusting] });
  await call('iam', 'UpdateAssumeRolePolicy', { RoleName, PolicyDocument });
  const { Credentials: issued } = await call<{
    Credentials: { AccessKeyId: string; SecretAccessKey: string; SessionToken: string };
  }>('sts', 'AssumeRole', { RoleArn: role, RoleSessionName: 'task' });
  return {
    accessKeyId: issued.AccessKeyId,
    secretAccessKey: issued.SecretAccessKey,
    sessionToken: issued.SessionToken,
  };
}

/** A value with the hosts of SQS replaced by the emulator's: the SDK sends to the host of a queue's URL. */
export function atEndpoint(value: string, endpoint: string): string {
  return value.replaceAll(
    /https:\/\/sqs\.[\w.-]+\.amazonaws\.com|https:\/\/sqs\.[\w.-]+\.api\.aws/g,
    endpoint,
  );
}

/**
 * Runs the shipped bundle of a service as its task would run: with the variables and the role of the deployed task definition, of
 * which only host and port are replaced. Resolves once it is ready and the load balancer has it as a target.
 */
export async function startTask(
  call: Call,
  { service, environment, role, targetGroups }: DeployedTask,
  { ministack, folder }: { readonly ministack: MiniStack; readonly folder: string },
): Promise<RunningTask> {
  const directory = join(folder, service);
  await bundle(service, directory, { runsAs: 'task' });
  const port = await freePort();
  const variables = Object.entries(environment).map(([name, value]) => [
    name,
    atEndpoint(value, ministack.endpoint),
  ]);
  const child = spawn(process.execPath, ['main.mjs'], {
    cwd: directory,
    env: {
      ...Object.fromEntries(variables),
      ...sdkEnvironment(ministack, await sessionOf(call, role)),
      HOST: '127.0.0.1',
      PORT: String(port),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => output.push(text));
  const task = {
    service,
    output: () => output.join(''),
    [Symbol.asyncDispose]: () => end(child),
  };
  const isReady = async () => {
    if (child.exitCode !== null) throw new Error(`${service} has ended: ${task.output()}`);
    return (await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined))?.ok === true;
  };
  await until(isReady, (ready) => ready, { deadlineMs: 120_000 }).catch(async (error: unknown) => {
    await end(child);
    throw new Error(`${service} does not become healthy: ${task.output()}`, { cause: error });
  });
  for (const TargetGroupArn of targetGroups)
    await call('elbv2', 'RegisterTargets', { TargetGroupArn, Targets: [{ Id: '127.0.0.1', Port: port }] });
  return task;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
