import { configOrExit } from '@tandem/chassis/config';
import { runUntilStopped } from '@tandem/chassis/lifecycle';
import { type Role, roleConfig, startRole } from '../roles.ts';
import { endWithParent } from '../with-parent.ts';

endWithParent();
await runUntilStopped(async () => {
  const running = await startRole(process.argv[2] as Role, configOrExit(roleConfig, process.env));
  process.send?.('ready');
  return running;
});
