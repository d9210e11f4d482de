import { type ArnComponents, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Physical names and ARNs of a deployment. They are derived from the topology, so that stacks need no exports for them. */
export interface Names {
  /** Physical name of a resource of the topology. */
  of(name: string): string;
  tableArn(table: string): string;
  indexArn(table: string, index: string): string;
  topicArn(topic: string): string;
  queueArn(queue: string): string;
  /** `isDualStack`: with the dual-stack host; SQS clients call the host of the URL, regardless of their endpoint settings. */
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
