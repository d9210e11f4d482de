import { readArguments, usageError } from '@tandem/cli/command';
import { isLoopback } from '@tandem/smoke/arguments';
import { type ArrivalKind, arrivalKinds } from './arrivals.ts';
import { profileNames, profileOf, type ProfileName, SOAK_MINUTES } from './profiles.ts';
import type { Mode, StoreName } from './system/own.ts';

/** What the command line of `npm run load` asks for. */
export interface LoadArguments {
  readonly profile: ProfileName;
  readonly minutes: number;
  /** A system that is there already; undefined starts one. */
  readonly target: string | undefined;
  readonly token: string | undefined;
  readonly mode: Mode | undefined;
  readonly store: StoreName;
  readonly engine: 'auto' | 'k6' | 'node';
  readonly arrivals: ArrivalKind;
  readonly seed: number;
  readonly html: string | undefined;
  readonly isJson: boolean;
  readonly isCapacity: boolean;
  readonly stepSeconds: number;
}

export const help = `Sends the mix of requests that the system is built for, at a rate that does not depend on its answers, and judges.

  npm run load -- [--profile smoke|peak|10x|soak|spike] [--processes|--embedded] [--store sqlite|dynamodb]
                  [--target URL] [--k6|--node] [--html FILE] [--json]
  npm run capacity -- [--step-seconds 20]     what a quarter of a core carries, into tools/load/results/capacity.json

  --profile NAME   smoke (the default): a tenth of the peak for 10 s; peak: 5,000 + 1,000 requests a minute for a minute, on
                   a quarter of a core a service; 10x: ten times as many, all in one process; soak: the peak for half an
                   hour; spike: a tenth of the peak, ten times the peak for 20 s, and back
  --minutes N      how long soak takes (${SOAK_MINUTES})
  --processes      a process a part, each service with a quarter of a core where the kernel lets it be set
  --embedded       the whole system in one process
  --store NAME     sqlite (the default) or dynamodb: DynamoDB Local, the services being what runs on AWS (Java, Maven)
  --target URL     a system that runs already, instead of one of the load's own; what it creates there it deletes, carts excepted
  --token TOKEN    for a target elsewhere, with the scope products:write (the variable TOKEN)
  --yes            send more than a tenth of the peak to a target that is not on this machine
  --k6, --node     which engine sends; k6 where it is on the PATH, else Node.js
  --arrivals KIND  poisson (Node.js's default), as of many clients, or even (k6's)
  --seed N         of what is asked for and when (1)
  --html FILE      a page with plots
  --json           everything as one JSON document

Latencies count from when a request was due. Exit code: 0 all targets are met, 1 not, or the run is void, 2 unknown options.
`;

/** Reads the command line. Throws a usage error for what cannot be meant; undefined when it asks for help. */
export function readLoadArguments(env: NodeJS.ProcessEnv, args?: string[]): LoadArguments | undefined {
  const { values } = readArguments({
    ...(args && { args }),
    options: {
      profile: { type: 'string', default: 'smoke' },
      minutes: { type: 'string', default: String(SOAK_MINUTES) },
      target: { type: 'string' },
      token: { type: 'string' },
      yes: { type: 'boolean', default: false },
      processes: { type: 'boolean', default: false },
      embedded: { type: 'boolean', default: false },
      store: { type: 'string', default: 'sqlite' },
      k6: { type: 'boolean', default: false },
      node: { type: 'boolean', default: false },
      arrivals: { type: 'string' },
      seed: { type: 'string', default: '1' },
      html: { type: 'string' },
      json: { type: 'boolean', default: false },
      capacity: { type: 'boolean', default: false },
      'step-seconds': { type: 'string', default: '20' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return undefined;
  const { processes, embedded, k6, node } = values;
  if (processes && embedded) throw usageError('--processes and --embedded exclude each other');
  if (k6 && node) throw usageError('--k6 and --node exclude each other');
  const profile = oneOf('--profile', values.profile, profileNames);
  const target = values.target === undefined ? undefined : urlOf(values.target);
  if (target !== undefined && (processes || embedded || values.capacity))
    throw usageError('--processes, --embedded and --capacity are for a system of its own');
  const peak = Math.max(...profileOf(profile).phases.map(({ share }) => share));
  if (target !== undefined && !isLoopback(target) && peak > 0.1 && !values.yes)
    throw usageError(`${target} is not on this machine: say --yes to send it ${peak} times the peak`);
  const token = values.token ?? (env['TOKEN'] === '' ? undefined : env['TOKEN']);
  if (target !== undefined && !isLoopback(target) && token === undefined)
    throw usageError(`${target} wants a token with the scope products:write: --token or the variable TOKEN`);
  return {
    profile,
    minutes: numberOf('--minutes', values.minutes, 24 * 60),
    target,
    token,
    mode: processes ? 'processes' : embedded ? 'embedded' : undefined,
    store: oneOf('--store', values.store, ['sqlite', 'dynamodb']),
    engine: k6 ? 'k6' : node ? 'node' : 'auto',
    arrivals: oneOf('--arrivals', values.arrivals ?? 'poisson', arrivalKinds),
    seed: numberOf('--seed', values.seed, 2 ** 31),
    html: values.html,
    isJson: values.json,
    isCapacity: values.capacity,
    stepSeconds: numberOf('--step-seconds', values['step-seconds'], 600),
  };
}

function oneOf<T extends string>(option: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((it) => it === text);
  if (choice === undefined) throw usageError(`${option} is one of ${choices.join(', ')}`);
  return choice;
}

function numberOf(option: string, text: string, max: number): number {
  const number = Number(text);
  if (!/^\d{1,10}(\.\d{1,3})?$/.test(text) || number <= 0 || number > max)
    throw usageError(`${option} "${text}" is no number above 0, up to ${max}`);
  return number;
}

function urlOf(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) throw usageError(`"${text}" is no http URL`);
  return url.href.replace(/\/+$/, '');
}
