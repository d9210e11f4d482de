import { configOrExit } from '@tandem/chassis/config';
import { runUntilStopped } from '@tandem/chassis/lifecycle';
import { readArguments, runCommand, usageError } from '@tandem/cli/command';
import { exemptLoopback } from '@tandem/cli/loopback';
import { mapServices, topology } from '@tandem/contracts/topology';
import { localConfig } from './config.ts';
import { buildConsole } from '@tandem/console/build';
import { mintToken } from '@tandem/emulators/issuer';
import { REGION } from '@tandem/emulators/messaging-config';
import { startProcesses } from './processes/supervisor.ts';
import { exposureOf } from './system/addresses.ts';
import { startSystem, type System } from './system/start.ts';

/** Limit of processes that share one SQLite file: more are no faster. */
const MAX_INSTANCES = 8;

const help = `Runs the whole system on this machine, until Ctrl-C.

  npm start -- [--processes [--instances N]]

  --processes    run each part in its own process, and restart it when it ends
  --instances N  number of processes of each service, 1 to ${MAX_INSTANCES} (default: 1); the gateway balances requests

Environment variables set the services to run (SERVICES=product,cart), the ports, the data directory and all other
settings: docs/generated/configuration.md
`;

const config = configOrExit(localConfig, process.env);

/** Lifetime of the operator token in the link that the terminal shows. */
const OPERATOR_SECONDS = 12 * 60 * 60;

/** Prints the URLs of the system, and on a terminal the link for operators. */
async function print({ gateway, aws, ...services }: System['urls']): Promise<void> {
  const width = Math.max(...['gateway', 'SNS, SQS', ...config.SERVICES].map(({ length }) => length)) + 3;
  const line = (name: string, url: string, note = '') => `  ${name.padEnd(width)}${url}${note}`;
  const lines = [
    line('gateway', gateway, '          open this first'),
    ...config.SERVICES.map((service) =>
      line(service, `${services[service]}/${topology.services[service].paths.length > 0 ? 'docs' : 'ready'}`),
    ),
    line('SNS, SQS', aws, `          region ${REGION}, any credentials`),
  ];
  const state = config.EPHEMERAL ? 'in memory only' : `in ${config.DATA_DIR}`;
  console.log(`Tandem is running, with its state ${state}\n\n${lines.join('\n')}\n`);
  const warning = exposureOf(config.HOST, new URL(gateway).port);
  if (warning !== undefined) console.error(`${warning}\n`);
  if (!process.stdout.isTTY) return;
  const token = await mintToken({
    subject: 'operator',
    scopes: ['products:write', 'orders:read', 'analytics:read', 'operator'],
    lifetimeSeconds: OPERATOR_SECONDS,
  });
  console.log(`${line('operator', `${gateway}/#operator=${token}`)}\n`);
}

async function startInOneProcess() {
  const system = await startSystem(config);
  await print(system.urls);
  return system;
}

async function startInMany(instances: number) {
  const pids = () => [...system.all].map(([name, child]) => `  ${name.padEnd(14)}${child.pid()}`).join('\n');
  const system = await startProcesses(config, {
    environment: process.env,
    instances: mapServices(() => instances, config.SERVICES),
    onRestart: (_role, { code, signal }, name) =>
      console.log(`${name} exited (${signal ?? code}), restarting it`),
  });
  await print(system.urls);
  console.log(`${pids()}\n`);
  return system;
}

await runCommand(async () => {
  const { values } = readArguments({
    options: {
      processes: { type: 'boolean', default: false },
      instances: { type: 'string', default: '1' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const instances = Number(values.instances);
  if (!(Number.isInteger(instances) && instances >= 1 && instances <= MAX_INSTANCES))
    throw usageError(`--instances "${values.instances}" is not an integer from 1 to ${MAX_INSTANCES}`);
  if (instances > 1 && !values.processes) throw usageError('--instances needs --processes');
  return runUntilStopped(async () => {
    exemptLoopback(process.env, config.HOST);
    const reason = await buildConsole();
    if (reason !== undefined) console.log(reason);
    const system = await (values.processes ? startInMany(instances) : startInOneProcess());
    console.log('Press Ctrl-C to stop.');
    return system;
  });
});
