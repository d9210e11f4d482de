import { configOrExit } from '@tandem/chassis/config';
import { runService } from '@tandem/chassis/run-service';
import { openDynamoTable } from '@tandem/storage/open-dynamodb';
import { createCartService } from './app.ts';
import { cartConfig } from './config.ts';

const config = configOrExit(cartConfig, process.env);

await runService('cart', config, (deps) =>
  createCartService({
    ...deps,
    table: openDynamoTable(config.TABLE_NAME, deps.metrics),
    ttlSeconds: { guest: config.GUEST_CART_TTL_SECONDS, user: config.USER_CART_TTL_SECONDS },
  }),
);
