import { after } from 'node:test';
import { readConfig } from '@tandem/chassis/config';
import { anyPorts, localConfig } from '@tandem/local/config';
import { startSystem } from '@tandem/local/system/start';
import { client, untilHealthy } from '../support/http.ts';
import { ORIGIN } from './case.ts';
import { testChecklist } from './checklist.ts';

const environment = { ...anyPorts, EPHEMERAL: '1', LOG_LEVEL: 'silent', CORS_ORIGINS: ORIGIN };
const system = await startSystem(readConfig(localConfig, environment));
after(() => system.stop());
const { gateway, cart } = system.urls;
await untilHealthy(gateway);
const cartId = await client(gateway).openCart();

testChecklist(() => cart, {
  resource: '/openapi.json',
  tagged: `/carts/${cartId}`,
  bodiless: '/carts',
  json: '/carts/none/items',
});
