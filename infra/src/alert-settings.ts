import { z } from 'zod';

const address = z
  .union([z.email(), z.url({ protocol: /^https$/ })])
  .describe('E-mail address, or HTTPS URL such as that of an on-call service');

const addresses = z.array(address).min(1).max(10);

/** Addresses that are notified, by severity. */
export const alerts = z
  .strictObject({
    page: addresses.describe('Notified of what shoppers notice now: somebody wakes up'),
    ticket: addresses.describe('Notified of what waits for the next working day, and of the budget'),
  })
  .describe(
    'E-mail addresses and HTTPS URLs that are notified: `page` of what shoppers notice now, `ticket` of what waits for the next working day',
  );
