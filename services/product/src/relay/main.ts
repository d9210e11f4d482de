import { configOrExit } from '@tandem/chassis/config';
import { relayConfig } from '@tandem/relay/config';
import { createRelayFunction } from '@tandem/relay/lambda';

/** The Lambda function that relays the changes of Product's table. What expires there tells nobody anything. */
export const handler = await createRelayFunction({
  service: 'product',
  config: configOrExit(relayConfig, process.env),
  eventsOfExpired: () => [],
});
