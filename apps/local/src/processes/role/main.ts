import { configOrExit } from '@tandem/chassis/config';
import { runUntilStopped } from '@tandem/chassis/lifecycle';
import { openLink } from '@tandem/console/link';
import { type Role, roleConfig, startRole } from '../roles.ts';
import { endWithParent } from '../with-parent.ts';

const role = process.argv[2] as Role;

endWithParent();
await runUntilStopped(async () => {
  const running = await startRole(role, configOrExit(roleConfig, process.env), { link: openLink(role) });
  process.send?.('ready');
  return running;
});
