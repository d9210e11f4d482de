import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Settings } from '../settings.ts';

export interface HelperFunctionProps {
  readonly functionName: string;
  readonly description: string;
  readonly settings: Settings;
  readonly key: IKey | undefined;
  readonly code: lambda.Code;
  readonly handler: string;
  readonly timeout: Duration;
  /** In MiB; default: 128. */
  readonly memorySize?: number;
  readonly environment?: Record<string, string>;
  /** What it may do besides writing its log and reading its environment. */
  readonly statements?: readonly iam.PolicyStatement[];
}

/** A function that helps to deploy or to watch the services, with its policy, which must exist before it is invoked. */
export function createHelperFunction(
  scope: Construct,
  id: string,
  { settings, key, statements = [], environment, ...props }: HelperFunctionProps,
): { readonly helper: lambda.Function; readonly policy: iam.Policy } {
  const logGroup = new logs.LogGroup(scope, `${id}Logs`, {
    logGroupName: `/aws/lambda/${props.functionName}`,
    retention: settings.logRetentionDays,
    removalPolicy: RemovalPolicy.DESTROY,
    ...(key ? { encryptionKey: key } : {}),
  });
  const role = new iam.Role(scope, `${id}Role`, {
    assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
  });
  const isEncrypted = key && environment;
  const policy = new iam.Policy(scope, `${id}Grants`, {
    roles: [role],
    statements: [
      new iam.PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
      ...statements,
      ...(isEncrypted
        ? [new iam.PolicyStatement({ actions: ['kms:Decrypt'], resources: [key.keyArn] })]
        : []),
    ],
  });
  const helper = new lambda.Function(scope, id, {
    ...props,
    runtime: lambda.Runtime.NODEJS_24_X,
    architecture: lambda.Architecture.ARM_64,
    role,
    logGroup,
    loggingFormat: lambda.LoggingFormat.JSON,
    systemLogLevelV2: lambda.SystemLogLevel.WARN,
    ...(environment && { environment }),
    ...(isEncrypted ? { environmentEncryption: key } : {}),
  });
  return { helper, policy };
}
