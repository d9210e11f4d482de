import { configOrExit } from '@tandem/chassis/config';
import { runUntilStopped } from '@tandem/chassis/lifecycle';
import { readArguments, runCommand, usageError } from '@tandem/cli/command';
import { localConfig } from './config.ts';
import { buildConsole } from '@tandem/console/build';
import { mintToken } from '@tandem/emulators/issuer';
import { REGION } from '@tandem/emulators/messaging-config';
import { startProcesses } from './processes/supervisor.ts';
import { startSystem } from './system/start.ts';

/** More share one SQLite file with little use. */
const MAX_INSTANCES = 8;

const help = `Runs the whole system on this machine, until Ctrl-C.

  npm start -- [--processes [--instances N]]

  --processes    each part as a process of its own, which is started again when it ends
  --instances N  so many processes of each service, 1 to ${MAX_INSTANCES}; the gateway shares the requests out

Ports, the data directory and the rest are set by the environment: docs/generated/configuration.md
`;

const config = configOrExit(localConfig, process.env);

/** How long the link in the terminal opens what only an operator may do. */
const OPERATOR_SECONDS = 12 * 60 * 60;

/** What is running, and where; who looks at it in a terminal gets an operator's link. */
async function print({
  gateway,
  product,
  cart,
  aws,
}: Readonly<Record<'gateway' | 'product' | 'cart' | 'aws', string>>): Promise<void> {
  console.log(`Tandem is running${config.EPHEMERAL ? ', and keeps nothing' : `, its state in ${config.DATA_DIR}`}

  gateway    ${gateway}          start here
  product    ${product}/docs
  cart       ${cart}/docs
  SNS, SQS   ${aws}          region ${REGION}, any credentials
`);
  if (!process.stdout.isTTY) return;
  const token = await mintToken({
    subject: 'operator',
    scopes: ['products:write', 'operator'],
    lifetimeSeconds: OPERATOR_SECONDS,
  });
  console.log(`  operator   ${gateway}/#operator=${token}\n`);
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
    instances: { product: instances, cart: instances },
    onRestart: (_role, { code, signal }, name) =>
      console.log(`${name} has ended (${signal ?? code}), starting it again`),
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
    throw usageError(`--instances takes a number from 1 to ${MAX_INSTANCES}`);
  if (instances > 1 && !values.processes) throw usageError('--instances goes with --processes');
  return runUntilStopped(async () => {
    const reason = await buildConsole();
    if (reason !== undefined) console.log(reason);
    const system = await (values.processes ? startInMany(instances) : startInOneProcess());
    console.log('Ctrl-C stops it.');
    return system;
  });
});
