import { type ArnComponents, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Names and ARNs of a deployment. They follow from the topology, so that no stack has to ask another for them. */
export interface Names {
  /** The physical name of what the topology calls so. */
  of(name: string): string;
  tableArn(table: string): string;
  indexArn(table: string, index: string): string;
  topicArn(topic: string): string;
  queueArn(queue: string): string;
  /** `isDualStack`: at the name that has an IPv6 address too; clients call the host of the URL, whatever else they are told. */
  queueUrl(queue: string, options?: { readonly isDualStack?: boolean }): string;
}

export function namesIn(scope: Construct, prefix: string): Names {
  const stack = Stack.of(scope);
  const of = (name: string) => `${prefix}${name}`;
  const arn = (components: ArnComponents) => stack.formatArn(components);
  const tableArn = (table: string) =>
    arn({ service: 'dynamodb', resource: 'table', resourceName: of(table) });
  return {
    of,
    tableArn,
    indexArn: (table, index) => `${tableArn(table)}/index/${index}`,
    topicArn: (topic) => arn({ service: 'sns', resource: of(topic) }),
    queueArn: (queue) => arn({ service: 'sqs', resource: of(queue) }),
    queueUrl: (queue, { isDualStack = false } = {}) => {
      const suffix = isDualStack ? 'api.aws' : stack.urlSuffix;
      return `https://sqs.${stack.region}.${suffix}/${stack.account}/${of(queue)}`;
    },
  };
}
