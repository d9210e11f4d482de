import { configOrExit } from '@tandem/chassis/config';
import { relayConfig } from '@tandem/relay/config';
import { createRelayFunction } from '@tandem/relay/lambda';
import { eventsForExpiredItem } from '../messaging/expired.ts';

/** The Lambda function that relays the changes of Cart's table, and the expiry of carts. */
export const handler = await createRelayFunction({
  service: 'cart',
  config: configOrExit(relayConfig, process.env),
  eventsForExpiredItem,
});
