import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { publishers, type ServiceName, serviceNames, topology } from '@tandem/contracts/topology';
import { readMetricMath } from '../../tests/src/alarms/metric-math.ts';
import type { SettingsInput } from './settings.ts';
import { asTasks, type Resource, resources, synthesizeAll, type Templates } from './testing/synth.ts';

/** Stacks in which every service runs as tasks. */
const synthesizeTasks = (changes?: Partial<SettingsInput>) => synthesizeAll(changes, asTasks);
const templates = synthesizeTasks();
const dockerfile = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8');
/** Alarms on the age of messages, by which a service scales. */
const ageAlarms = (of: Templates, service: ServiceName) =>
  resources({ [service]: of[service] }, 'AWS::CloudWatch::Alarm')
    .map(({ Properties }) => Properties)
    .filter((alarm) => JSON.stringify(alarm).includes('ApproximateAgeOfOldestMessage'));
const isRouted = (service: ServiceName) => topology.services[service].paths.length > 0;
const routed = serviceNames.filter(isRouted);

function only(of: Templates, service: ServiceName, type: string): Resource['Properties'] {
  const [resource, ...others] = resources({ [service]: of[service] }, type);
  assert.ok(resource && others.length === 0, `one ${type} of ${service}`);
  return resource.Properties;
}

const container = (service: ServiceName) =>
  only(templates, service, 'AWS::ECS::TaskDefinition')['ContainerDefinitions'][0] as Record<string, unknown>;

test('a task is a quarter of an ARM core with 512 MB', () => {
  for (const service of serviceNames) {
    const task = only(templates, service, 'AWS::ECS::TaskDefinition');
    assert.deepEqual([task['Cpu'], task['Memory']], ['256', '512']);
    assert.deepEqual(task['RuntimePlatform'], { CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' });
  }
});

test('a container is unprivileged, without capabilities (security 17), has a read-only file system, needs no shell, and has a sufficient stop timeout', () => {
  for (const service of serviceNames) {
    const { User, ReadonlyRootFilesystem, StopTimeout, HealthCheck, Privileged, LinuxParameters } =
      container(service);
    assert.deepEqual(LinuxParameters, { InitProcessEnabled: true, Capabilities: { Drop: ['ALL'] } });
    assert.deepEqual([User, ReadonlyRootFilesystem, Privileged ?? false], ['1000', true, false]);
    assert.ok(Number(StopTimeout) > 25, 'the contract: exit 0 within 25 s');
    const [kind, ...command] = (HealthCheck as { Command: string[] }).Command;
    assert.equal(kind, 'CMD', 'instead of CMD-SHELL');
    assert.ok(dockerfile.includes(`CMD ["${command.join('", "')}"]`), 'the same as in the Dockerfile');
  }
});

test('two tasks run in two zones, and old tasks stop only when new ones are healthy', () => {
  for (const service of serviceNames) {
    const { DesiredCount, DeploymentConfiguration, NetworkConfiguration } = only(
      templates,
      service,
      'AWS::ECS::Service',
    );
    assert.equal(DesiredCount, undefined, 'otherwise each deployment would undo the scaling');
    assert.equal((NetworkConfiguration.AwsvpcConfiguration.Subnets as unknown[]).length, 2);
    assert.equal(NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp, 'DISABLED');
    const { MinimumHealthyPercent, MaximumPercent, Strategy } = DeploymentConfiguration;
    assert.deepEqual([MinimumHealthyPercent, MaximumPercent, Strategy], [100, 200, 'ROLLING']);
  }
});

test('a deployment is rolled back if tasks fail, return 5xx, refuse connections or are slow', () => {
  for (const service of routed) {
    const { DeploymentConfiguration } = only(templates, service, 'AWS::ECS::Service');
    assert.deepEqual(DeploymentConfiguration.DeploymentCircuitBreaker, { Enable: true, Rollback: true });
    const { AlarmNames, Enable, Rollback } = DeploymentConfiguration.Alarms;
    assert.deepEqual([Enable, Rollback], [true, true]);
    assert.deepEqual(
      AlarmNames,
      ['errors', 'connections', 'latency'].map((what) => `${service}-deployment-${what}`),
    );
    const alarms = resources({ [service]: templates[service] }, 'AWS::CloudWatch::Alarm');
    const names = alarms.map(({ Properties }) => Properties['AlarmName'] as unknown);
    for (const name of AlarmNames) assert.ok(names.includes(name), name);
    const waitsFor = Object.values(templates[service].Resources).find(
      ({ Type }) => Type === 'AWS::ECS::Service',
    )?.DependsOn;
    for (const id of ['Deploymenterrors', 'Deploymentconnections', 'Deploymentlatency'])
      assert.ok(
        waitsFor?.some((it) => it.startsWith(id)),
        `after ${id}`,
      );
  }
});

test('no task starts before its execution role may pull the image and read secrets, also when a secret is added (oracle 2)', () => {
  const traces = { endpoint: 'https://collector.example.com', headersSecretName: 'trace-headers' };
  for (const variant of [templates, synthesizeTasks({ traces })])
    for (const service of serviceNames) {
      const { Resources } = variant[service];
      const ecsService = Object.values(Resources).find(({ Type }) => Type === 'AWS::ECS::Service');
      const executionRole = only(variant, service, 'AWS::ECS::TaskDefinition')['ExecutionRoleArn'][
        'Fn::GetAtt'
      ][0] as string;
      const policies = Object.entries(Resources).filter(
        ([, { Type, Properties }]) =>
          Type === 'AWS::IAM::Policy' && JSON.stringify(Properties['Roles']).includes(`"${executionRole}"`),
      );
      assert.ok(policies.length > 0, service);
      for (const [id] of policies) assert.ok(ecsService?.DependsOn?.includes(id), `${service}: ${id}`);
    }
});

test('only services with paths are behind the load balancer; all others are deployed by the circuit breaker alone', () => {
  for (const deployment of ['rolling', 'canary'] as const) {
    const templates = synthesizeTasks({ deployment });
    for (const service of serviceNames) {
      const properties = only(templates, service, 'AWS::ECS::Service');
      const { LoadBalancers = [], HealthCheckGracePeriodSeconds, DeploymentConfiguration } = properties;
      const { Strategy, Alarms, DeploymentCircuitBreaker } = DeploymentConfiguration;
      assert.deepEqual(
        DeploymentCircuitBreaker,
        deployment === 'canary' && isRouted(service) ? undefined : { Enable: true, Rollback: true },
      );
      const groups = resources({ [service]: templates[service] }, 'AWS::ElasticLoadBalancingV2::TargetGroup');
      assert.deepEqual(
        [LoadBalancers.length, groups.length, HealthCheckGracePeriodSeconds, Alarms?.Enable, Strategy],
        isRouted(service)
          ? [1, deployment === 'canary' ? 2 : 1, 180, true, deployment.toUpperCase()]
          : [0, 0, undefined, undefined, 'ROLLING'],
        service,
      );
    }
  }
});

test('tasks scale by requests, CPU and age of messages, within the limits of the settings', () => {
  const large = synthesizeTasks({ tasks: { min: 3, max: 20 }, requestsPerTaskAndMinute: 1_200 });
  for (const service of serviceNames) {
    const { MinCapacity, MaxCapacity } = only(large, service, 'AWS::ApplicationAutoScaling::ScalableTarget');
    assert.deepEqual([MinCapacity, MaxCapacity], [3, 20]);
    const policies = resources({ [service]: large[service] }, 'AWS::ApplicationAutoScaling::ScalingPolicy');
    const targets = policies.flatMap(({ Properties: { TargetTrackingScalingPolicyConfiguration: target } }) =>
      target
        ? [[target.PredefinedMetricSpecification.PredefinedMetricType, target.TargetValue] as const]
        : [],
    );
    assert.deepEqual(Object.fromEntries(targets), {
      ...(isRouted(service) ? { ALBRequestCountPerTarget: 1_200 } : {}),
      ECSServiceAverageCPUUtilization: 60,
    });
    const { length: queues } = topology.services[service].queues;
    const steps = policies.filter(({ Properties }) => Properties['StepScalingPolicyConfiguration']);
    assert.equal(steps.length, queues, 'on the age of the oldest message');
    const ages = ageAlarms(large, service);
    assert.equal(ages.length, queues);
  }
});

test('the age of messages adds no task while consumers block each other on one key', () => {
  for (const service of serviceNames) {
    for (const { Metrics, EvaluationPeriods, Threshold } of ageAlarms(templates, service)) {
      const [result, ...inputs] = Metrics as readonly Resource['Properties'][];
      assert.deepEqual(
        inputs.map(({ Id, MetricStat: { Metric, Stat, Period } }) => [Id, Metric.MetricName, Stat, Period]),
        [
          ['age', 'ApproximateAgeOfOldestMessage', 'Maximum', 60],
          ['conflicts', 'ConflictsRetried', 'Sum', 60],
          ['batches', 'ConsumerBatchSize', 'SampleCount', 60],
        ],
      );
      const own = inputs.slice(1).map(({ MetricStat: { Metric } }) => [Metric.Namespace, Metric.Dimensions]);
      const [namespace] = (container(service)['Environment'] as { Name: string; Value: string }[]).flatMap(
        ({ Name, Value }) => (Name === 'EMF_NAMESPACE' ? [Value] : []),
      );
      for (const dimensions of own)
        assert.deepEqual(dimensions, [namespace, [{ Name: 'service', Value: service }]]);
      const evaluate = readMetricMath(String(result?.['Expression']));
      const isRaised = (values: Record<string, number>) => (evaluate((id) => values[id]) ?? 0) >= Threshold;
      const waiting = { age: 45 };
      assert.ok(isRaised(waiting), 'without a conflict nothing of ours is published');
      assert.ok(isRaised({ ...waiting, batches: 300 }));
      assert.ok(
        isRaised({ ...waiting, batches: 300, conflicts: 90 }),
        'two tasks on one product: 0.3 a batch',
      );
      assert.ok(!isRaised({ ...waiting, batches: 300, conflicts: 400 }), 'four tasks on one product');
      assert.ok(!isRaised({ age: 20, batches: 300 }));
      assert.equal(EvaluationPeriods, 2);
    }
  }
});

test('with a canary, tasks scale by the requests of the target group that has the tasks', () => {
  const canary = synthesizeTasks({ deployment: 'canary', requestsPerTaskAndMinute: 1_200 });
  for (const service of routed) {
    const policies = resources({ [service]: canary[service] }, 'AWS::ApplicationAutoScaling::ScalingPolicy');
    const targets = policies.flatMap(
      ({ Properties: { TargetTrackingScalingPolicyConfiguration: it } }) => it ?? [],
    );
    assert.ok(
      targets.some(
        (it) => it.PredefinedMetricSpecification?.PredefinedMetricType === 'ECSServiceAverageCPUUtilization',
      ),
    );
    assert.equal(targets.length, 2, 'no policy follows one group alone');
    const busiest = targets.find((it) => it.CustomizedMetricSpecification);
    assert.equal(busiest.TargetValue, 1_200);
    const metrics = busiest.CustomizedMetricSpecification.Metrics as {
      Expression?: string;
      ReturnData: boolean;
      MetricStat?: { Metric: { MetricName: string; Dimensions: { Name: string; Value: unknown }[] } };
    }[];
    const watched = metrics.flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Metric] : []));
    assert.deepEqual(
      watched.map(({ MetricName }) => MetricName),
      ['RequestCountPerTarget', 'RequestCountPerTarget'],
    );
    assert.equal(new Set(watched.map(({ Dimensions }) => JSON.stringify(Dimensions))).size, 2);
    const [result, ...more] = metrics.filter(({ ReturnData }) => ReturnData);
    assert.deepEqual([result?.Expression, more], ['MAX([FILL(m0, 0), FILL(m1, 0)])', []]);
    const { ScalingTargetId } =
      policies.find(({ Properties }) => Properties['PolicyName'] === 'busiest-targets')?.Properties ?? {};
    assert.equal(
      canary[service].Resources[ScalingTargetId.Ref]?.Type,
      'AWS::ApplicationAutoScaling::ScalableTarget',
    );
  }
});

test('the spot setting runs tasks beyond the minimum on Spot', () => {
  const spot = synthesizeTasks({ spot: true });
  for (const service of serviceNames) {
    assert.deepEqual(only(spot, service, 'AWS::ECS::Service')['CapacityProviderStrategy'], [
      { CapacityProvider: 'FARGATE', Base: 2, Weight: 0 },
      { CapacityProvider: 'FARGATE_SPOT', Weight: 1 },
    ]);
  }
});

test('a changed capacity provider strategy forces a new deployment, and nothing else does', () => {
  const services = [{}, { spot: true }, { spot: true, tasks: { min: 3, max: 8 } }].map((changes) =>
    only(synthesizeTasks(changes), 'cart', 'AWS::ECS::Service'),
  );
  for (const { LaunchType } of services)
    assert.equal(LaunchType, undefined, 'from one, CloudFormation would make a second service of that name');
  const nonces = services.map(
    ({ ForceNewDeployment: { EnableForceNewDeployment, ForceNewDeploymentNonce } }) => {
      assert.equal(EnableForceNewDeployment, true);
      return String(ForceNewDeploymentNonce);
    },
  );
  assert.equal(new Set(nonces).size, nonces.length);
  const { Resources } = templates.cart;
  const waitsFor = Object.values(Resources).find(({ Type }) => Type === 'AWS::ECS::Service')?.DependsOn;
  assert.ok(waitsFor?.some((id) => Resources[id]?.Type === 'AWS::ECS::ClusterCapacityProviderAssociations'));
  const again = only(synthesizeTasks({ tasks: { min: 3, max: 9 } }), 'cart', 'AWS::ECS::Service');
  assert.equal(again['ForceNewDeployment'].ForceNewDeploymentNonce, nonces[0]);
});

test('a relay retries for almost the retention of the stream, then failed changes are stored with their bodies', () => {
  for (const [service] of publishers) {
    const relay = only(templates, service, 'AWS::Lambda::Function');
    assert.deepEqual([relay['Runtime'], relay['Architectures']], ['nodejs24.x', ['arm64']]);
    const mapping = only(templates, service, 'AWS::Lambda::EventSourceMapping');
    const { MaximumRetryAttempts, MaximumRecordAgeInSeconds, BisectBatchOnFunctionError } = mapping;
    assert.equal(MaximumRetryAttempts, -1);
    assert.equal(BisectBatchOnFunctionError, true);
    assert.ok(
      MaximumRecordAgeInSeconds > 0 && MaximumRecordAgeInSeconds < 24 * 60 * 60,
      'a stream keeps 24 hours',
    );
    assert.deepEqual(mapping['FunctionResponseTypes'], ['ReportBatchItemFailures']);
    assert.equal(mapping['StartingPosition'], 'TRIM_HORIZON');
    const { OutputName } = mapping['DestinationConfig'].OnFailure.Destination['Fn::GetStackOutput'];
    const data = templates[`${service}-data`];
    const { Value } = data.Outputs?.[OutputName] ?? {};
    const [bucket = ''] = (Value as { 'Fn::GetAtt': string[] })['Fn::GetAtt'];
    assert.equal(data.Resources[bucket]?.Type, 'AWS::S3::Bucket');
  }
  const patient = synthesizeTasks({ relayBatchWindowSeconds: 2 });
  const mapping = only(patient, 'cart', 'AWS::Lambda::EventSourceMapping');
  assert.equal(mapping['MaximumBatchingWindowInSeconds'], 2);
});
