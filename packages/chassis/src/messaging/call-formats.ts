import type {
  PublishBatchCommandInput,
  PublishBatchCommandOutput,
  PublishBatchRequestEntry,
} from '@aws-sdk/client-sns';

/** How an operation is called and answered over HTTP. */
export interface CallFormat {
  readonly contentType: string;
  /** Name of the operation for a service that speaks JSON. */
  readonly target?: string;
  readonly bodyOf: (input: object) => string;
  /** The output in a successful response; undefined for one that only the SDK reads. */
  readonly outputOf: (body: string, input: object) => object | undefined;
}

const json = (operation: string): CallFormat => ({
  contentType: 'application/x-amz-json-1.0',
  target: `AmazonSQS.${operation}`,
  bodyOf: (input) => JSON.stringify(input),
  outputOf: (body) => JSON.parse(body) as object,
});

/** The operations of which each message needs one, by the names of their commands. */
export const callFormats: Readonly<Record<string, CallFormat>> = {
  PublishBatchCommand: {
    contentType: 'application/x-www-form-urlencoded',
    bodyOf: (input) => publishForm(input as PublishBatchCommandInput),
    outputOf: (body, input) => publishedOf(body, input as PublishBatchCommandInput),
  },
  ReceiveMessageCommand: json('ReceiveMessage'),
  DeleteMessageBatchCommand: json('DeleteMessageBatch'),
  ChangeMessageVisibilityBatchCommand: json('ChangeMessageVisibilityBatch'),
};

/** A PublishBatch in the query protocol, the only one of SNS. */
function publishForm({ TopicArn = '', PublishBatchRequestEntries = [] }: PublishBatchCommandInput): string {
  const entries = PublishBatchRequestEntries.map((entry, i) =>
    entryForm(entry, `&PublishBatchRequestEntries.member.${i + 1}.`),
  );
  return `Action=PublishBatch&Version=2010-03-31&TopicArn=${encodeURIComponent(TopicArn)}${entries.join('')}`;
}

function entryForm(
  { Id = '', Message = '', MessageAttributes = {} }: PublishBatchRequestEntry,
  prefix: string,
): string {
  const attributes = Object.entries(MessageAttributes).map(
    ([name, { DataType = '', StringValue = '' }], i) => {
      const field = `${prefix}MessageAttributes.entry.${i + 1}.`;
      return (
        `${field}Name=${encodeURIComponent(name)}${field}Value.DataType=${encodeURIComponent(DataType)}` +
        `${field}Value.StringValue=${encodeURIComponent(StringValue)}`
      );
    },
  );
  return `${prefix}Id=${encodeURIComponent(Id)}${prefix}Message=${encodeURIComponent(Message)}${attributes.join('')}`;
}

/** The output of a PublishBatch that published every entry; undefined for any other. */
function publishedOf(
  xml: string,
  { PublishBatchRequestEntries: entries = [] }: PublishBatchCommandInput,
): Pick<PublishBatchCommandOutput, 'Successful' | 'Failed'> | undefined {
  if (!/<Failed\/>|<Failed><\/Failed>/.test(xml) && xml.includes('<Failed')) return undefined;
  const published = new Set(Array.from(xml.matchAll(/<Id>([^<]*)<\/Id>/g), ([, id]) => id));
  if (published.size !== entries.length || !entries.every(({ Id }) => published.has(Id))) return undefined;
  return { Successful: entries.map(({ Id }) => ({ Id })), Failed: [] };
}
