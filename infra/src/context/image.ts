import { Arn, ArnFormat, Stack } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecrAssets from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import type { TaskProps } from './service.ts';

/** Repository of an image, and its tag or digest there. */
interface StoredImage {
  readonly repository: ecr.IRepository;
  readonly tagOrDigest: string;
}

/** Image of a service: the one that the settings name by its digest, or else built from the sources by the deployment. */
export function createImage(
  scope: Construct,
  { service, settings, sources, task }: TaskProps & { readonly task: ecs.FargateTaskDefinition },
): ecs.ContainerImage {
  const reference = settings.images[service];
  const { repository, tagOrDigest } =
    reference === undefined ? builtImage(scope, service, sources) : releasedImage(scope, reference);
  if (settings.egress !== 'ipv6') return ecs.ContainerImage.fromEcrRepository(repository, tagOrDigest);
  // The default host name of the registry has no IPv6 address.
  const { account, region } = Arn.split(repository.repositoryArn, ArnFormat.SLASH_RESOURCE_NAME);
  const separator = tagOrDigest.startsWith('sha256:') ? '@' : ':';
  repository.grantPull(task.obtainExecutionRole());
  return ecs.ContainerImage.fromRegistry(
    `${account}.dkr-ecr.${region}.on.aws/${repository.repositoryName}${separator}${tagOrDigest}`,
  );
}

function builtImage(scope: Construct, service: string, sources: string): StoredImage {
  const { repository, imageTag } = new ecrAssets.DockerImageAsset(scope, 'Image', {
    directory: sources,
    buildArgs: { SERVICE: service },
    platform: ecrAssets.Platform.LINUX_ARM64,
  });
  return { repository, tagOrDigest: imageTag };
}

/** The repository may be in another account or region, whose policy must then permit this account to pull. */
function releasedImage(scope: Construct, reference: string): StoredImage {
  const [registry = '', name = '', tagOrDigest = ''] = reference.split(/\/(.*)@/);
  const [account = '', , , region = ''] = registry.split('.');
  const { partition } = Stack.of(scope);
  const repository = ecr.Repository.fromRepositoryAttributes(scope, 'Images', {
    repositoryArn: `arn:${partition}:ecr:${region}:${account}:repository/${name}`,
    repositoryName: name,
  });
  return { repository, tagOrDigest };
}
