import { readConfig } from '@tandem/chassis/config';
import { runCommand } from '@tandem/cli/command';
import { printLine } from '@tandem/cli/printable';
import { anyPorts, localConfig } from './config.ts';
import { mintToken } from '@tandem/emulators/issuer';
import { runSmokeTest, textOf } from '@tandem/smoke/smoke-test';
import { startSystem } from './system/start.ts';

await runCommand(async () => {
  const system = await startSystem(readConfig(localConfig, { EPHEMERAL: '1', SEED: '0', ...anyPorts }));
  try {
    const token = await mintToken({ subject: 'demo', scopes: ['products:write'] });
    await runSmokeTest(system.urls.gateway, token, (step) => printLine(textOf(step)));
    return 0;
  } finally {
    await system.stop();
  }
});
