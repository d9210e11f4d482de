/**
 * Fuzzes all services with schemathesis from their OpenAPI documents, with about 10,000 requests; skips with a message if
 * there is no Python. Arguments are passed to schemathesis: `npm run test:fuzz -- --seed 1 -n 50`.
 */
import { join } from 'node:path';
import { createTokens } from '../tests/src/fuzz/tokens.ts';
import { withSystem } from '../tests/src/support/system.ts';
import { installPython } from './python.ts';
import { run } from '@tandem/cli/run';

const SOURCES = join(import.meta.dirname, 'schemathesis');

/** Maximum cases per operation and phase; more than 10,000 in total. */
const MAX_EXAMPLES = '260';

/** Deadline per service. Usually one to three minutes; more on a busy machine, or when a failure is shrunk. */
const DEADLINE_MS = 10 * 60_000;

const python = await installPython('schemathesis', join(SOURCES, 'requirements.txt'));
if (python) {
  const { admin, invalid } = await createTokens();
  const invalidTokens = invalid.filter((token) => token !== '');
  await withSystem(
    async ({ urls }) => {
      let cases = 0;
      // Cart first: the run against Product changes the demo products that carts need.
      for (const url of [urls.cart, urls.product, urls.analytics]) {
        const args = ['run', `${url}/openapi.json`, '--max-examples', MAX_EXAMPLES, ...process.argv.slice(2)];
        const { code, output } = await run(python.command('st'), args, {
          cwd: SOURCES,
          env: {
            TOKEN: admin.replace('Bearer ', ''),
            INVALID_TOKENS: invalidTokens.join('\n'),
            HYPOTHESIS_STORAGE_DIRECTORY: join(python.folder, 'hypothesis'),
          },
          isShown: true,
          deadlineMs: DEADLINE_MS,
        });
        cases += Number(/(\d+) generated/.exec(output)?.[1] ?? 0);
        if (code !== 0) process.exitCode = code ?? 1;
      }
      console.log(`${cases} requests from three documents`);
    },
    { SEED: '1' },
    { validateResponses: false },
  );
}
