/** Lambda function: the scheduled probe of the shop. An invocation that fails is counted, and logged with its reason, by Lambda. */
import { configOrExit } from '@tandem/chassis/config';
import { z } from 'zod';
import { probe } from './probe.ts';

const { SHOP_URL } = configOrExit(
  z.object({ SHOP_URL: z.url().describe('Public base URL of the shop') }),
  process.env,
);

export const handler = () => probe(SHOP_URL);
