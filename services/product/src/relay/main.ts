import { createRelayFunction } from '@tandem/relay/lambda';

/** Outbox relay of Product's table, as a Lambda function. */
export const handler = await createRelayFunction('product', process.env);
