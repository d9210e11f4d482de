import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import type { Construct } from 'constructs';
import type { EdgeStack } from '../edge.ts';
import type { Names } from '../names.ts';
import type { Settings } from '../settings.ts';
import { createHelperFunction } from './helper-function.ts';

/** Header of test traffic. */
export const TEST_HEADER = 'x-deployment-test';

export interface DeploymentTestProps {
  readonly service: ServiceName;
  readonly settings: Settings;
  readonly names: Names;
  readonly edge: EdgeStack;
  readonly key: IKey | undefined;
  /** Directory of the bundle of the test. */
  readonly testCode: string;
  /** Value of the header of test traffic. */
  readonly headerValue: string;
}

/**
 * Creates the lifecycle hook that tests the new tasks of a deployment by test traffic, before they get requests of users. ECS rolls
 * the deployment back if it fails. In no network: it calls the public URL.
 */
export function createDeploymentTest(scope: Construct, props: DeploymentTestProps) {
  const { service, settings, names, edge, key, testCode, headerValue } = props;
  const { deploymentTest: client } = settings;
  const { helper, policy } = createHelperFunction(scope, 'DeploymentTest', {
    functionName: names.of(`${service}-deployment-test`),
    description: `Tests a deployment of ${service} before it gets requests`,
    settings,
    key,
    handler: 'main.handler',
    code: lambda.Code.fromAsset(testCode),
    memorySize: 256,
    // Eight steps of 30 s at most, and a minute for the tasks to respond; ECS waits for 15 minutes.
    timeout: Duration.minutes(8),
    environment: {
      DEPLOYMENT_URL: edge.url,
      TEST_PATH: topology.services[service].paths[0] ?? '/',
      TEST_HEADER,
      TEST_HEADER_VALUE: headerValue,
      ...(client && {
        TOKEN_URL: client.tokenUrl,
        CLIENT_ID: client.clientId,
        CLIENT_SECRET_NAME: client.clientSecretName,
        CLIENT_SCOPE: client.scope,
        ...(client.audience !== undefined && { CLIENT_AUDIENCE: client.audience }),
      }),
    },
    statements: client ? [readSecret(scope, client.clientSecretName)] : [],
  });
  // Not the role of the construct, which may invoke all versions too.
  const invoker = new iam.Role(scope, 'HookRole', {
    assumedBy: new iam.ServicePrincipal('ecs.amazonaws.com'),
  });
  const invocation = new iam.Policy(scope, 'HookGrants', {
    roles: [invoker],
    statements: [
      new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [helper.functionArn] }),
    ],
  });
  const hook = new ecs.DeploymentLifecycleLambdaTarget(helper, 'Hook', {
    role: invoker,
    lifecycleStages: [ecs.DeploymentLifecycleStage.POST_TEST_TRAFFIC_SHIFT],
  });
  return { hook, policies: [policy, invocation] };
}

function readSecret(scope: Construct, name: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    actions: ['secretsmanager:GetSecretValue'],
    resources: [
      Stack.of(scope).formatArn({
        service: 'secretsmanager',
        resource: 'secret',
        // Secrets Manager adds six random characters.
        resourceName: `${name}-??????`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    ],
  });
}
