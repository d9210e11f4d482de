import * as events from 'aws-cdk-lib/aws-events';
import type { Settings } from '../settings.ts';
import type { RunbookSection, Severity } from './alarm-spec.ts';

/** A rule for what AWS reports by events and by no metric. */
export interface RuleSpec {
  readonly pattern: events.EventPattern;
  /** Text with the fields of the event, as `$.detail.reason`. */
  readonly text: string;
  readonly section: RunbookSection;
  readonly severity: Severity;
  readonly because: string;
}

/** AWS services that the stacks use, by their names in AWS Health. */
const HEALTH_SERVICES = [
  'ACM',
  'BACKUP',
  'CLOUDFORMATION',
  'CLOUDFRONT',
  'CLOUDWATCH',
  'DYNAMODB',
  'EC2',
  'ECR',
  'ECS',
  'ELASTICLOADBALANCING',
  'EVENTS',
  'FARGATE',
  'FIREHOSE',
  'KMS',
  'LAMBDA',
  'NATGATEWAY',
  'ROUTE53',
  'S3',
  'SECRETSMANAGER',
  'SNS',
  'SQS',
  'VPC',
  'WAF',
  'XRAY',
];

/**
 * Why a task ended that nobody wanted to end. Scaling, deployments and operators have other codes, and so has Spot, whose
 * interruptions are the price of the setting `spot`. A task that fails its health checks has that of scaling.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html
 */
const FAILURES = [
  { stopCode: ['TaskFailedToStart', 'EssentialContainerExited'] },
  { stoppedReason: [{ prefix: 'Task failed' }] },
];

/** A deployment that failed or was rolled back. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html */
export function deploymentFailed(servicesArns: readonly string[]): RuleSpec {
  return {
    pattern: {
      source: ['aws.ecs'],
      detailType: ['ECS Deployment State Change'],
      // Those of failures depend on the strategy.
      detail: {
        eventName: [{ 'anything-but': ['SERVICE_DEPLOYMENT_IN_PROGRESS', 'SERVICE_DEPLOYMENT_COMPLETED'] }],
      },
      // Followed by the name of the service.
      resources: events.Match.anyOf(...servicesArns.map((arn) => events.Match.prefix(`${arn}/`))),
    },
    text: 'A deployment failed, and ECS returns to the version before: $.detail.reason ($.resources[0]). First: find out why, before the next deployment.',
    section: 'deployment-rolled-back',
    severity: 'ticket',
    because: 'the version before keeps running; if it does not, failing requests page',
  };
}

/**
 * Where an operation of CloudFormation ends that failed: whatever the strategy of a deployment, since AWS documents no event of ECS
 * for one that is linear or a canary. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/event-detail-stack-status-change.html
 */
export function stackFailed(stackArn: string): RuleSpec {
  return {
    pattern: {
      source: ['aws.cloudformation'],
      detailType: ['CloudFormation Stack Status Change'],
      detail: {
        'stack-id': [{ prefix: stackArn }],
        'status-details': { status: [{ suffix: '_FAILED' }, { suffix: 'ROLLBACK_COMPLETE' }] },
      },
    },
    text: 'A stack was not deployed: $.detail.status-details.status, $.detail.status-details.status-reason ($.detail.stack-id). First: find the first event that failed, in the events of the stack.',
    section: 'deployment-rolled-back',
    severity: 'ticket',
    because: 'what was deployed before keeps running; if it does not, failing requests page',
  };
}

/** A task that ended by itself. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html */
export function taskFailed(clusterArns: readonly string[]): RuleSpec {
  return {
    pattern: {
      source: ['aws.ecs'],
      detailType: ['ECS Task State Change'],
      detail: { clusterArn: [...clusterArns], lastStatus: ['STOPPED'], $or: FAILURES },
    },
    text: 'A task stopped: $.detail.stopCode, $.detail.stoppedReason ($.detail.group, $.detail.taskArn). First: read its last lines in the log of the service.',
    section: 'missing-tasks',
    severity: 'ticket',
    because: 'ECS has started another one; too few tasks page',
  };
}

/**
 * Sent daily from 45 days before it expires, for a certificate that ACM does not renew: by its ARN, or by the name of the domain.
 * https://docs.aws.amazon.com/acm/latest/userguide/supported-events.html
 */
export function certificateExpires({ name, certificateArn }: NonNullable<Settings['domain']>): RuleSpec {
  return {
    pattern: {
      source: ['aws.acm'],
      detailType: ['ACM Certificate Approaching Expiration'],
      ...(certificateArn ? { resources: [certificateArn] } : { detail: { CommonName: [name] } }),
    },
    text: 'The certificate of $.detail.CommonName expires in $.detail.DaysToExpiry days, and was not renewed. First: check its validation records, or import a new one.',
    section: 'certificate',
    severity: 'ticket',
    because: 'there are weeks left, and this is repeated each day',
  };
}

/** A table that was not backed up, or whose backup was not copied. https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html */
export function backupFailed(tableArns: readonly string[]): RuleSpec {
  return {
    pattern: {
      source: ['aws.backup'],
      detailType: ['Backup Job State Change', 'Copy Job State Change'],
      detail: { resourceArn: [...tableArns], state: ['FAILED', 'ABORTED', 'EXPIRED', 'PARTIAL'] },
    },
    text: 'AWS Backup did not back up or copy $.detail.resourceArn ($.detail-type: $.detail.state, $.detail.statusMessage). First: check the key and the policies of both vaults.',
    section: 'backup-failed',
    severity: 'ticket',
    because: 'the backups before are kept, and so is point-in-time recovery in this account',
  };
}

/** Problems of AWS, and what it plans to change, in this region. https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html */
export const awsHealth: RuleSpec = {
  pattern: {
    source: ['aws.health'],
    detailType: ['AWS Health Event'],
    detail: {
      service: HEALTH_SERVICES,
      eventTypeCategory: ['issue', 'scheduledChange'],
      statusCode: ['open', 'upcoming'],
    },
  },
  text: 'AWS Health: $.detail.service has an event of the category $.detail.eventTypeCategory: $.detail.eventTypeCode, from $.detail.startTime. First: read it in the AWS Health dashboard of the account.',
  section: 'a-region-or-sns-is-down',
  severity: 'ticket',
  because: 'whatever it does to shoppers pages by itself',
};
