import { configOrExit } from '@tandem/chassis/config';
import { runUntilStopped } from '@tandem/chassis/lifecycle';
import { runCommand } from './cli.ts';
import { localConfig } from './config.ts';
import { REGION } from './messaging/config.ts';
import { startSystem } from './system/start.ts';

const config = configOrExit(localConfig, process.env);

await runCommand(() =>
  runUntilStopped(async () => {
    const system = await startSystem(config);
    const { gateway, product, cart, aws } = system.urls;
    console.log(`Tandem is running${config.EPHEMERAL ? ', and keeps nothing' : `, its state in ${config.DATA_DIR}`}

  gateway    ${gateway}          start here
  product    ${product}/docs
  cart       ${cart}/docs
  SNS, SQS   ${aws}          region ${REGION}, any credentials

Ctrl-C stops it.`);
    return system;
  }),
);
