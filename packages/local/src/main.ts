import { configOrExit } from '@tandem/chassis/config';
import { runUntilStopped } from '@tandem/chassis/lifecycle';
import { readArguments, runCommand } from './cli.ts';
import { localConfig } from './config.ts';
import { REGION } from './messaging/config.ts';
import { roles } from './processes/roles.ts';
import { startProcesses } from './processes/supervisor.ts';
import { startSystem } from './system/start.ts';

const config = configOrExit(localConfig, process.env);

/** What is running, and where. */
function print({
  gateway,
  product,
  cart,
  aws,
}: Readonly<Record<'gateway' | 'product' | 'cart' | 'aws', string>>): void {
  console.log(`Tandem is running${config.EPHEMERAL ? ', and keeps nothing' : `, its state in ${config.DATA_DIR}`}

  gateway    ${gateway}          start here
  product    ${product}/docs
  cart       ${cart}/docs
  SNS, SQS   ${aws}          region ${REGION}, any credentials
`);
}

async function startInOneProcess() {
  const system = await startSystem(config);
  print(system.urls);
  return system;
}

async function startInMany() {
  const pids = () => roles.map((role) => `  ${role.padEnd(14)}${system.children[role].pid()}`).join('\n');
  const system = await startProcesses(config, {
    environment: process.env,
    onRestart: (role, { code, signal }) =>
      console.log(`${role} has ended (${signal ?? code}), starting it again`),
  });
  print(system.urls);
  console.log(`${pids()}\n`);
  return system;
}

await runCommand(async () => {
  const { values } = readArguments({ options: { processes: { type: 'boolean', default: false } } });
  return runUntilStopped(async () => {
    const system = await (values.processes ? startInMany() : startInOneProcess());
    console.log('Ctrl-C stops it.');
    return system;
  });
});
