/** A template as CloudFormation takes it, so far as privileges go. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, Output>>;
}

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

interface Output {
  readonly Value: unknown;
  readonly Export?: { readonly Name: unknown };
}

/** The templates of a deployment, by the names of their stacks. */
export type Templates = Readonly<Record<string, Template>>;

export const ACCOUNT = '123456789012';
export const REGION = 'us-east-1';

/** What stands for the time that CloudFormation puts at the end of a stream's ARN. */
export const STREAM_LABEL = 'stream-label';

export function arn(service: string, resource: string): string {
  return `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
}

/** How a type of resource is named, and what `Ref` and `Fn::GetAtt` give of it. */
interface Kind {
  readonly nameProperty: string;
  readonly values: (name: string) => Readonly<Record<string, string>>;
}

const table: Kind = {
  nameProperty: 'TableName',
  values: (name) => ({
    Ref: name,
    Arn: arn('dynamodb', `table/${name}`),
    StreamArn: arn('dynamodb', `table/${name}/stream/${STREAM_LABEL}`),
  }),
};

/** By the type of the resource. */
const kinds: Readonly<Record<string, Kind>> = {
  'AWS::DynamoDB::Table': table,
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::SQS::Queue': {
    nameProperty: 'QueueName',
    values: (name) => ({
      Ref: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}`,
      Arn: arn('sqs', name),
      QueueName: name,
    }),
  },
  'AWS::SNS::Topic': {
    nameProperty: 'TopicName',
    values: (name) => ({ Ref: arn('sns', name), TopicArn: arn('sns', name), TopicName: name }),
  },
  'AWS::S3::Bucket': {
    nameProperty: 'BucketName',
    values: (name) => ({ Ref: name, Arn: `arn:aws:s3:::${name}` }),
  },
  'AWS::Logs::LogGroup': {
    nameProperty: 'LogGroupName',
    values: (name) => ({ Ref: name, Arn: arn('logs', `log-group:${name}:*`) }),
  },
  'AWS::IAM::Role': {
    nameProperty: 'RoleName',
    values: (name) => ({ Ref: name, Arn: `arn:aws:iam::${ACCOUNT}:role/${name}` }),
  },
  'AWS::KMS::Key': {
    nameProperty: 'KeyId',
    values: (name) => ({ Ref: name, Arn: arn('kms', `key/${name}`), KeyId: name }),
  },
  // Alarms look at what follows.
  'AWS::ElasticLoadBalancingV2::LoadBalancer': {
    nameProperty: 'Name',
    values: (name) => ({ LoadBalancerFullName: `app/${name}/0123456789abcdef` }),
  },
  'AWS::ElasticLoadBalancingV2::TargetGroup': {
    nameProperty: 'Name',
    values: (name) => ({ TargetGroupFullName: `targetgroup/${name}/0123456789abcdef` }),
  },
  'AWS::CloudFront::Distribution': {
    nameProperty: 'Id',
    values: (name) => ({ Ref: name, DomainName: `${name}.cloudfront.net` }),
  },
  'AWS::EC2::NatGateway': {
    nameProperty: 'NatGatewayId',
    values: (name) => ({ NatGatewayId: `nat-${name}` }),
  },
  'AWS::CloudWatch::CompositeAlarm': {
    nameProperty: 'AlarmName',
    values: (name) => ({ Ref: name, Arn: arn('cloudwatch', `alarm:${name}`) }),
  },
  'AWS::Lambda::EventSourceMapping': {
    nameProperty: 'Id',
    values: (name) => ({ Ref: name, Id: name }),
  },
};

/** What `Ref` or an attribute gives; `generated` is the name where the template sets none. Undefined if unknown. */
export function valueOf(
  { Type, Properties = {} }: Resource,
  attribute: string,
  generated: string,
  resolve: (value: unknown) => unknown,
): string | undefined {
  const kind = kinds[Type];
  if (!kind) return undefined;
  const name = Properties[kind.nameProperty];
  return kind.values(name === undefined ? generated : String(resolve(name)))[attribute];
}
