import { CfnOutput, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription, UrlSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';
import type { Settings } from '../settings.ts';
import type { Severity } from './alarm-spec.ts';

export interface OperatorTopicsProps {
  readonly settings: Settings;
  readonly names: Names;
  readonly key: IKey | undefined;
}

/** Creates the topics that notify operators, one for each severity, with the subscriptions of the settings. */
export function operatorTopics(
  scope: Construct,
  props: OperatorTopicsProps,
): Readonly<Record<Severity, sns.Topic>> {
  return { page: createTopic(scope, 'page', props), ticket: createTopic(scope, 'ticket', props) };
}

function createTopic(
  scope: Construct,
  severity: Severity,
  { settings, names, key }: OperatorTopicsProps,
): sns.Topic {
  // Not SNS's own key: alarms, rules and budgets cannot publish to a topic that is encrypted with it.
  const topic = new sns.Topic(scope, `Operators-${severity}`, {
    topicName: names.of(`operators-${severity}-topic`),
    enforceSSL: true,
    ...(key ? { masterKey: key } : {}),
  });
  topic.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: ['cloudwatch', 'budgets'].map((name) => new iam.ServicePrincipal(`${name}.amazonaws.com`)),
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  );
  for (const address of settings.alerts?.[severity] ?? [])
    topic.addSubscription(
      address.startsWith('https:') ? new UrlSubscription(address) : new EmailSubscription(address),
    );
  // For chat and incident tools that subscribe by themselves.
  new CfnOutput(scope, `Topic${severity}`, { value: topic.topicArn });
  return topic;
}
