import { configOrExit } from '@tandem/chassis/config';
import { relayConfig } from '@tandem/relay/config';
import { createRelayFunction } from '@tandem/relay/lambda';

/** Outbox relay of Product's table, as a Lambda function. Items that expire there publish nothing. */
export const handler = await createRelayFunction({
  service: 'product',
  config: configOrExit(relayConfig, process.env),
  eventsForExpiredItem: () => [],
});
