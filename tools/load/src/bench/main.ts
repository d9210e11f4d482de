import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readArguments, runCommand, usageError } from '@tandem/cli/command';
import { machineFacts } from '../machine.ts';
import { openOwnSession } from '../session.ts';
import { startBareServer, startSdk } from './baselines.ts';
import { prepareRoutes } from './routes.ts';
import { measureRounds, type Subject } from './rounds.ts';
import { judge, tableOf } from './judge.ts';

const FILE = join(import.meta.dirname, '../../results/bench.json');

const help = `Benchmark: measures the CPU time per request of the services, and of three baselines in the same run: bare node:http and
bare Fastify with the same response, and the AWS SDK's GetItem alone. The services are the bundles that run on AWS, on
DynamoDB Local (needs Java, Maven). The CPU time of the server's process is read from /proc.

  npm run bench -- [--rounds 7] [--requests 1000] [--json]

Writes tools/load/results/bench.json. Exit code: 0 all targets are met, 1 a target is missed, 2 invalid options.
`;

await runCommand(async () => {
  const { values } = readArguments({
    options: {
      rounds: { type: 'string', default: '7' },
      requests: { type: 'string', default: '1000' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const [rounds, requests] = [Number(values.rounds), Number(values.requests)];
  if (!Number.isInteger(rounds) || rounds < 1) throw usageError('--rounds must be an integer of at least 1');
  if (!Number.isInteger(requests) || requests < 10)
    throw usageError('--requests must be an integer of at least 10');

  await using running = new AsyncDisposableStack();
  const session = running.use(
    await openOwnSession({ mode: 'processes', store: 'dynamodb', path: process.env['PATH'] }),
  );
  const { routes, sample, key } = await prepareRoutes(session, requests);
  const bare = await Promise.all(
    (['node', 'fastify'] as const).map(async (kind) => running.use(await startBareServer(kind, sample))),
  );
  const sdk = running.use(await startSdk(key));
  const subjects: Subject[] = [
    ...bare.map(({ name, pid, url }) => ({
      name,
      pid,
      next: () => ({ url, method: 'GET' as const, path: '/products/any', status: 200 }),
    })),
    { name: 'AWS SDK GetItem', pid: sdk.pid, run: (count) => sdk.run(count) },
    ...routes,
  ];
  const results = await measureRounds(subjects, { rounds, requests }, (line) =>
    process.stderr.write(`${line}\n`),
  );
  const targets = judge(results);
  const report = { machine: machineFacts(), rounds, requests, results, targets };
  await mkdir(join(FILE, '..'), { recursive: true });
  await writeFile(FILE, `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : tableOf(report));
  return targets.every(({ passed }) => passed) ? 0 : 1;
});
