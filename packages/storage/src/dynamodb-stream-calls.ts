import {
  type DescribeStreamInput,
  type DescribeStreamOutput,
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  type GetRecordsInput,
  type GetRecordsOutput,
  type GetShardIteratorInput,
  type GetShardIteratorOutput,
  type ListStreamsInput,
  type ListStreamsOutput,
} from '@aws-sdk/client-dynamodb-streams';
import { type Call, createCalls } from './dynamodb-calls.ts';

/** Input and output of each operation on streams, in DynamoDB's JSON. */
interface StreamOperations {
  ListStreams: [ListStreamsInput, ListStreamsOutput];
  DescribeStream: [DescribeStreamInput, DescribeStreamOutput];
  GetShardIterator: [GetShardIteratorInput, GetShardIteratorOutput];
  GetRecords: [GetRecordsInput, GetRecordsOutput];
}

/** Calls DynamoDB Streams, with the retries and errors of `CallDynamo`. Times in outputs are numbers, in seconds. */
export type CallStreams = Call<StreamOperations>;

/**
 * Creates calls with the settings of an SDK client, but without its middleware and its deserializer, which together took two
 * thirds of the CPU of a relay that reads a stream.
 */
export function createStreamCalls(client: DynamoDBStreamsClient): CallStreams {
  return createCalls(client, 'DynamoDBStreams_20120810', GetRecordsCommand);
}
