import { existsSync } from 'node:fs';
import { integer, oneOf, readArguments, usageError } from '@tandem/cli/command';
import { httpUrl, isLoopback } from '@tandem/cli/target';
import { type RouteId, routeIds, routes } from './routes.ts';
import { CONFIDENCE, MIN_ROUNDS } from './statistics.ts';

/** Requests at a rate, whenever earlier ones are answered; or as many as the connections carry. */
export type Load =
  | { readonly perSecond: number; readonly seconds: number }
  | { readonly cpuMs: number; readonly connections: number };

/** APIs of which a peer may be measured. */
export const peerApis = ['tandem', 'retail-cart', 'retail-catalog'] as const;
export type PeerApi = (typeof peerApis)[number];

/** Another service to measure, which somebody else started on this machine. */
export interface Peer {
  readonly api: PeerApi;
  readonly url: string;
  readonly pid: number;
}

/** Options of `npm run bench`. */
export interface BenchArguments {
  readonly rounds: number;
  readonly load: Load;
  readonly warmUp: number;
  readonly routes: readonly RouteId[];
  readonly peers: readonly Peer[];
  readonly dynamodb: string | undefined;
  readonly isSaved: boolean;
  /** Measures the events of an added line instead of routes. */
  readonly isEvents: boolean;
}

/** Concurrent requests of the saturated load. */
export const CONNECTIONS = 16;

const help = `Benchmark: measures the CPU time of a request, route by route, and its latency. The services are the bundles that run on
AWS, on DynamoDB Local (needs Java, Maven). Yardsticks in the same run are bare Fastify with the same response, and the AWS
SDK's GetItem alone; with --peer, services of others by the same requests (docs/benchmark.md).

  npm run bench -- [--rounds 9] [--routes add,cart,…] [--cpu-ms 800 | --rate 17 [--seconds 10]] [--peer API,URL,PID]…

  --rounds N       rounds over all routes, each with every server; at least ${MIN_ROUNDS}; default: 9
  --routes LIST    default: all of ${routeIds.join(', ')}
  --cpu-ms N       saturated load: CPU time that a round of a route takes, from 300; default: 800. The kernel counts in steps of
                   10 ms. The number of requests follows from the warm-up
  --rate N         instead: N requests a second, arriving at random (open model), of which p99 is meaningful
  --seconds N      duration of a round with --rate; default: 10
  --warm-up N      requests of each route before the first round; default: 5000, with --peer 20000 for the sake of other runtimes
  --peer A,URL,PID measures the process PID, which serves URL on this machine by the API A: ${peerApis.join(', ')};
                   may be repeated
  --dynamodb URL   a running DynamoDB Local, to share with a peer (npm run dynamodb-local); default: starts one
  --events         instead of routes: what the events of an added line cost the relays and the services that consume them
  --save           appends the result to tools/load/results/bench-MACHINE.jsonl

A verdict needs the ${CONFIDENCE * 100} % interval of the ratio's median to be on one side of its limit. Exit code: 0 all targets are met,
1 one is missed, 2 usage error, 3 none is missed, but some are not decided: use more rounds or a quieter machine.
`;

/** Reads the command line. Throws a usage error for invalid options. */
export function readBenchArguments(args?: string[]): BenchArguments {
  const { values } = readArguments({
    help,
    ...(args && { args }),
    options: {
      rounds: { type: 'string', default: '9' },
      routes: { type: 'string' },
      'cpu-ms': { type: 'string' },
      rate: { type: 'string' },
      seconds: { type: 'string' },
      'warm-up': { type: 'string' },
      peer: { type: 'string', multiple: true, default: [] },
      dynamodb: { type: 'string' },
      events: { type: 'boolean', default: false },
      save: { type: 'boolean', default: false },
    },
  });
  if (values.events && (values.routes ?? values.rate ?? values['cpu-ms'] ?? values.peer[0]) !== undefined)
    throw usageError('--events is instead of routes: leave out --routes, --rate, --cpu-ms and --peer');
  if (values.events && values.save)
    throw usageError('--save keeps the results of routes: leave it out with --events');
  return {
    rounds: integer('--rounds', values.rounds, MIN_ROUNDS, 1_000),
    load: loadOf(values),
    warmUp: integer(
      '--warm-up',
      values['warm-up'] ?? (values.peer.length > 0 ? '20000' : '5000'),
      100,
      1_000_000,
    ),
    routes: values.routes === undefined ? routeIds : values.routes.split(',').map(routeOf),
    peers: values.peer.map(peerOf),
    dynamodb: values.dynamodb === undefined ? undefined : httpUrl(values.dynamodb),
    isSaved: values.save,
    isEvents: values.events,
  };
}

function loadOf(values: { 'cpu-ms'?: string; rate?: string; seconds?: string }): Load {
  const { 'cpu-ms': cpuMs, rate, seconds } = values;
  if (rate === undefined) {
    if (seconds !== undefined)
      throw usageError('--seconds is the duration of a round with --rate: set --rate, or --cpu-ms instead');
    return { cpuMs: integer('--cpu-ms', cpuMs ?? '800', 300, 60_000), connections: CONNECTIONS };
  }
  if (cpuMs !== undefined)
    throw usageError('--cpu-ms is for the saturated load: with --rate, set --seconds instead');
  return {
    perSecond: integer('--rate', rate, 1, 10_000),
    seconds: integer('--seconds', seconds ?? '10', 5, 3_600),
  };
}

function routeOf(text: string): RouteId {
  return oneOf('--routes', text, Object.keys(routes) as RouteId[]);
}

function peerOf(text: string): Peer {
  const [api = '', address = '', pidText = '', ...rest] = text.split(',');
  if (rest.length > 0 || !address || !pidText)
    throw usageError(
      `--peer "${text}" is not API,URL,PID: use for example retail-cart,http://127.0.0.1:9001,12345`,
    );
  const url = httpUrl(address);
  if (!isLoopback(url))
    throw usageError(`--peer ${url} is not on this machine: start it here, so that its CPU time can be read`);
  const pid = integer('--peer PID', pidText, 1, 2 ** 22);
  if (!existsSync(`/proc/${pid}/stat`))
    throw usageError(`--peer: there is no process ${pid}: use the id of the server's own process`);
  return { api: oneOf('--peer', api, peerApis), url, pid };
}
