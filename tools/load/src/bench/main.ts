import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { integer, readArguments, runCommand } from '@tandem/cli/command';
import { describeMachine, machineFacts } from '../machine.ts';
import { startOwnSystem } from '../system/own-system.ts';
import { sdkAlone, startBareFastify } from './baselines.ts';
import { measureRounds, ratioOf, type Result } from './rounds.ts';
import { prepareRoutes } from './routes.ts';

const FILE = join(import.meta.dirname, '../../results/bench.json');

const help = `Benchmark: measures the CPU time per request of the services, and of two baselines in the same run: bare Fastify with the
same response, and the AWS SDK's GetItem alone. The services are the bundles that run on AWS, on
DynamoDB Local (needs Java, Maven). The CPU time of the server's process is read from /proc.

  npm run bench -- [--rounds 7] [--requests 1000] [--json]

Writes tools/load/results/bench.json. Exit code: 0 all targets are met, 1 a target is missed, 2 usage error.
`;

/** Targets for the CPU cost of requests: a ratio of two subjects, at least or less than a limit. */
const targets = [
  {
    name: "product read again: requests per CPU second, of bare Fastify's",
    of: ['bare Fastify', 'read a product, the same again and again'],
    relation: '>=',
    limit: 0.6,
  },
  {
    name: "product read through DynamoDB: CPU, of the SDK's GetItem alone",
    of: ['read a product, each time another', 'AWS SDK GetItem'],
    relation: '<',
    limit: 1,
  },
  {
    name: "line added: CPU, of the SDK's GetItem alone",
    of: ['add a line', 'AWS SDK GetItem'],
    relation: '<',
    limit: 3,
  },
] as const;

await runCommand(async () => {
  const { values } = readArguments({
    help,
    options: {
      rounds: { type: 'string', default: '7' },
      requests: { type: 'string', default: '1000' },
      json: { type: 'boolean', default: false },
    },
  });
  const rounds = integer('--rounds', values.rounds, 1, 1_000);
  const requests = integer('--requests', values.requests, 10, 100_000);

  await using running = new AsyncDisposableStack();
  const path = process.env['PATH'];
  const system = running.use(await startOwnSystem({ mode: 'processes', store: 'dynamodb', path }));
  const { routes, sample, key } = await prepareRoutes(system, requests);
  const subjects = [await startBareFastify(running, sample), sdkAlone(key), ...routes];
  const results = await measureRounds(subjects, { rounds, requests }, (line) =>
    process.stderr.write(`${line}\n`),
  );
  const find = (name: string) => results.find((result) => result.name === name) as Result;
  const judged = targets.map(({ of: [dividend, divisor], ...target }) => {
    const value = ratioOf(find(dividend), find(divisor));
    return {
      ...target,
      value,
      passed: target.relation === '<' ? value < target.limit : value >= target.limit,
    };
  });
  const report = { machine: machineFacts(), rounds, requests, results, targets: judged };
  await mkdir(join(FILE, '..'), { recursive: true });
  await writeFile(FILE, `${JSON.stringify(report, null, 2)}\n`);

  const row = (result: Result) => {
    const ratios = [find('bare Fastify'), find('AWS SDK GetItem')].map((by) =>
      ratioOf(result, by).toFixed(2),
    );
    return [result.cpuMs.toFixed(3), ...ratios].reduce(
      (line, cell) => line + cell.padStart(11),
      result.name.padEnd(42),
    );
  };
  const table = [
    describeMachine(report.machine),
    '',
    `${'CPU per request, ms (median)'.padEnd(42)}              × Fastify  × GetItem`,
    ...results.map(row),
    '',
    ...judged.map(
      ({ name, value, relation, limit, passed }) =>
        `${passed ? '✓' : '✗'} ${name}: ${value.toFixed(2)}, ${relation} ${limit}`,
    ),
    '',
  ].join('\n');
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : table);
  return judged.every(({ passed }) => passed) ? 0 : 1;
});
