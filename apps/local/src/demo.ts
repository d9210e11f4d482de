import { readConfig } from '@tandem/chassis/config';
import { runCommand } from '@tandem/cli/command';
import { anyPorts, localConfig } from './config.ts';
import { mintToken } from '@tandem/emulators/issuer';
import { runSmokeTest } from '@tandem/smoke/smoke-test';
import { startSystem } from './system/start.ts';

await runCommand(async () => {
  const system = await startSystem(readConfig(localConfig, { EPHEMERAL: '1', SEED: '0', ...anyPorts }));
  try {
    const token = await mintToken({ subject: 'demo', scopes: ['products:write'] });
    await runSmokeTest(system.urls.gateway, token, ({ name, milliseconds }) => {
      process.stdout.write(`✓ ${name.padEnd(48)}${milliseconds.toFixed(0).padStart(6)} ms\n`);
    });
    return 0;
  } finally {
    await system.stop();
  }
});
