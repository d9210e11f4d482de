import { createRelayFunction } from '@tandem/relay/lambda';
import { eventsForExpiredItem } from '../messaging/expired.ts';

/** Outbox relay of Cart's table, which also publishes the expiry of carts, as a Lambda function. */
export const handler = await createRelayFunction('cart', process.env, { eventsForExpiredItem });
