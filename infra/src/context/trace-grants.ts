import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import type { Settings } from '../settings.ts';

/**
 * Actions of X-Ray's OTLP endpoint. Neither has a resource type. AWS documents the managed policy AWSXrayWriteOnlyAccess, which also
 * permits telemetry of the daemon and sampling rules, that we do not use.
 */
const spanActions = ['xray:PutSpans', 'xray:PutSpansForIndexing', 'xray:PutTraceSegments'];

/** Permits a role to send spans to X-Ray; creates nothing unless the settings do so. */
export function grantTraces(
  scope: Construct,
  id: string,
  { role, settings }: { readonly role: iam.IRole; readonly settings: Settings },
): iam.Policy | undefined {
  if (settings.traces === undefined || !('xray' in settings.traces)) return undefined;
  const policy = new iam.Policy(scope, id, {
    roles: [role],
    statements: [new iam.PolicyStatement({ actions: spanActions, resources: ['*'] })],
  });
  acknowledge(policy, {
    'AwsSolutions-IAM5[Resource::*]': 'the actions of X-Ray that write spans have no resources',
  });
  return policy;
}
