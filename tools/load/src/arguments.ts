import { integer, oneOf, readArguments, usageError } from '@tandem/cli/command';
import { httpUrl, isLoopback } from '@tandem/cli/target';
import { type Mode, profileNames, profileOf, SOAK_MINUTES } from './profiles.ts';
import type { StoreName } from './system/own-system.ts';

const help = `Load test: sends the request mix at a constant arrival rate (open model) and checks the results against targets.

  npm run load -- [--profile smoke|peak|10x|soak|spike] [--processes|--embedded] [--store sqlite|dynamodb]
                  [--target URL] [--json]
  npm run capacity -- [--step-seconds 20]     measures the capacity of 0.25 vCPU, writes tools/load/results/capacity.json

  --profile NAME   smoke: a tenth of the peak for 10 s; peak: 5,000 + 1,000 requests a minute for a minute, on 0.25 vCPU per
                   service; 10x: ten times the peak, in one process; soak: the peak for half an hour, to find leaks; spike: a
                   tenth of the peak, ten times the peak for 20 s, and back; default: smoke
  --minutes N      duration of soak; default: ${SOAK_MINUTES}
  --processes      one process per component, each service limited to 0.25 vCPU if the kernel allows it
  --embedded       the whole system in one process
  --store NAME     sqlite, or dynamodb: DynamoDB Local and the bundles that run on AWS (needs Java, Maven); default: sqlite
  --target URL     test a running system instead of starting one; deletes the products that it creates, carts expire
  --token TOKEN    token with the scope products:write, for a remote target; default: the variable TOKEN
  --yes            confirm more than a tenth of the peak for a remote target
  --seed N         seed of requests and arrivals; default: 1
  --json           print the report as JSON

Latency is measured from the time when a request was due. Exit code: 0 all targets are met, 1 a target is missed or the run
is invalid, 2 usage error.
`;

/** Options of `npm run load`. */
export type LoadArguments = ReturnType<typeof readLoadArguments>;

/** Reads the command line. Throws a usage error for invalid options. */
export function readLoadArguments(env: NodeJS.ProcessEnv, args?: string[]) {
  const { values } = readArguments({
    help,
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
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      capacity: { type: 'boolean', default: false },
      'step-seconds': { type: 'string', default: '20' },
    },
  });
  const { processes, embedded, capacity } = values;
  if (processes && embedded) throw usageError('--processes and --embedded exclude each other');
  /** Default: that of the profile. */
  const mode: Mode | undefined = processes ? 'processes' : embedded ? 'embedded' : undefined;
  const profile = oneOf('--profile', values.profile, profileNames);
  const target = values.target === undefined ? undefined : httpUrl(values.target);
  const token = values.token ?? (env['TOKEN'] || undefined);
  if (target !== undefined && (processes || embedded || capacity))
    throw usageError(
      '--processes, --embedded and --capacity cannot be used with --target: they are for a system that the load test starts',
    );
  if (target !== undefined && !isLoopback(target)) {
    const peak = Math.max(...profileOf(profile).phases.map(({ share }) => share));
    if (peak > 0.1 && !values.yes)
      throw usageError(`${target} is not on this machine. Use --yes to send it ${peak} times the peak.`);
    if (token === undefined)
      throw usageError(
        `${target} requires a token with the scope products:write. Set --token or the variable TOKEN.`,
      );
  }
  return {
    profile,
    minutes: integer('--minutes', values.minutes, 1, 24 * 60),
    target,
    token,
    mode,
    store: oneOf<StoreName>('--store', values.store, ['sqlite', 'dynamodb']),
    seed: integer('--seed', values.seed, 1, 2 ** 31),
    isJson: values.json,
    isCapacity: capacity,
    stepSeconds: integer('--step-seconds', values['step-seconds'], 1, 600),
  };
}
