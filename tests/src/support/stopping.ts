import { mintToken } from '@tandem/emulators/issuer';
import { type HalfSent, sendHalf } from './half-sent-request.ts';
import { client } from './http.ts';
import { until } from './until.ts';

const mug = (productId: string) => ({ productId, name: 'Mug', price: 1200, currency: 'EUR', inventory: 5 });

/** Half-sent import whose first line is applied, which proves that the server is processing it. */
export async function importInFlight(url: string, id: string): Promise<HalfSent> {
  const authorization = `Bearer ${await mintToken({ subject: 'test', scopes: ['products:write'] })}`;
  const headers = { authorization, 'content-type': 'application/x-ndjson' };
  const [first, second] = [`${id}-1`, `${id}-2`].map((productId) => JSON.stringify(mug(productId)));
  const half = await sendHalf(`${url}/products/import`, headers, [`${first}\n`, `${second}\n`]);
  await until(
    async () => (await client(url).product(`${id}-1`)).status,
    (status) => status === 200,
  );
  return half;
}

/** Resolves once connections are refused. */
export async function refusesConnections(url: string): Promise<void> {
  await until(
    () =>
      fetch(`${url}/health`, { headers: { connection: 'close' } }).then(
        ({ status }) => `status ${status}`,
        (error: Error) => (error.cause as NodeJS.ErrnoException).code,
      ),
    (outcome) => outcome === 'ECONNREFUSED',
  );
}
