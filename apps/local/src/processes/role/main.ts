import { configOrExit } from '@tandem/chassis/config';
import { runUntilStopped } from '@tandem/chassis/lifecycle';
import { openLink } from '@tandem/console/link';
import { roleConfig } from '../role-config.ts';
import type { Role } from '../role-names.ts';
import { startRole } from '../roles.ts';
import { endWithParent } from '../with-parent.ts';

const role = process.argv[2] as Role;

endWithParent();
await runUntilStopped(async () => {
  const running = await startRole(role, configOrExit(roleConfig, process.env), {
    link: await openLink(role),
  });
  process.send?.('ready');
  return running;
});
