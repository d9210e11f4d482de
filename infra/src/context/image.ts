import { Stack } from 'aws-cdk-lib';
import * as ecrAssets from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import type { TaskProps } from './service.ts';

/** Image of a service, built from the sources at deployment. */
export function createImage(
  scope: Construct,
  { service, settings, sources, task }: TaskProps & { readonly task: ecs.FargateTaskDefinition },
): ecs.ContainerImage {
  const asset = new ecrAssets.DockerImageAsset(scope, 'Image', {
    directory: sources,
    buildArgs: { SERVICE: service },
    platform: ecrAssets.Platform.LINUX_ARM64,
  });
  if (settings.egress !== 'ipv6') return ecs.ContainerImage.fromDockerImageAsset(asset);
  // The default host name of the registry has no IPv6 address.
  const { account, region } = Stack.of(scope);
  const { repositoryName } = asset.repository;
  asset.repository.grantPull(task.obtainExecutionRole());
  return ecs.ContainerImage.fromRegistry(
    `${account}.dkr-ecr.${region}.on.aws/${repositoryName}:${asset.imageTag}`,
  );
}
