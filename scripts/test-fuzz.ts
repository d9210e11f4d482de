/**
 * Lets schemathesis send about 10,000 requests by the OpenAPI documents of both services to a system of its own; where
 * there is no Python, says so and succeeds. Arguments go to schemathesis: `npm run test:fuzz -- --seed 1 -n 50`.
 */
import { join } from 'node:path';
import { mintToken } from '@tandem/emulators/issuer';
import { withSystem } from '../tests/src/support/system.ts';
import { installPython } from './python.ts';
import { run } from '@tandem/cli/run';

const SOURCES = join(import.meta.dirname, 'schemathesis');

/** Cases of an operation and phase, at most; more than 10,000 together. */
const MAX_EXAMPLES = '550';

/** For one service: some two minutes, or more on a busy machine and where it shrinks what it found. */
const DEADLINE_MS = 10 * 60_000;

const python = await installPython('schemathesis', join(SOURCES, 'requirements.txt'));
if ('missing' in python) {
  console.log(`skipped: ${python.missing}`);
} else {
  const token = await mintToken({ subject: 'fuzzer', scopes: ['products:write'] });
  await withSystem(
    async ({ urls }) => {
      let cases = 0;
      // Carts first: what the other run does to the demo products leaves little to put into them.
      for (const url of [urls.cart, urls.product]) {
        const args = ['run', `${url}/openapi.json`, '--max-examples', MAX_EXAMPLES, ...process.argv.slice(2)];
        const { code, output } = await run(python.command('st'), args, {
          cwd: SOURCES,
          env: { TOKEN: token, HYPOTHESIS_STORAGE_DIRECTORY: join(python.folder, 'hypothesis') },
          isShown: true,
          deadlineMs: DEADLINE_MS,
        });
        cases += Number(/(\d+) generated/.exec(output)?.[1] ?? 0);
        if (code !== 0) process.exitCode = code ?? 1;
      }
      console.log(`${cases} requests of both documents`);
    },
    { SEED: '1' },
    { validateResponses: false },
  );
}
