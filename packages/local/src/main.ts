import { configOrExit } from '@tandem/chassis/config';
import { runCommand } from './cli.ts';
import { localConfig } from './config.ts';
import { startSystem } from './system/start.ts';

/** Just below the contract's 25 s for a stop; whatever is still under way then is cut off. */
const STOP_DEADLINE_MS = 24_000;

await runCommand(async () => {
  const config = configOrExit(localConfig, process.env);
  // Ctrl-C comes twice under npm, which passes on what the terminal has sent already: the second must not kill.
  const stopRequested = new Promise((resolve) => {
    process.on('SIGINT', resolve);
    process.on('SIGTERM', resolve);
  });
  const system = await startSystem(config);
  const { gateway, product, cart, aws } = system.urls;
  console.log(`Tandem is running${config.EPHEMERAL ? ', and keeps nothing' : `, its state in ${config.DATA_DIR}`}

  gateway    ${gateway}          start here
  product    ${product}/docs
  cart       ${cart}/docs
  SNS, SQS   ${aws}

Ctrl-C stops it.`);
  await stopRequested;
  setTimeout(() => process.exit(0), STOP_DEADLINE_MS).unref();
  await system.stop();
  process.exit(0);
});
