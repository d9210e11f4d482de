/** Process of the system with a fault injector, which can be killed at crash points. */
import { flushCompileCache } from 'node:module';
import { configOrExit } from '@tandem/chassis/config';
import { runUntilStopped } from '@tandem/chassis/lifecycle';
import { roleConfig } from '@tandem/local/processes/role-config';
import type { Role } from '@tandem/local/processes/role-names';
import { startRole } from '@tandem/local/processes/roles';
import { endWithParent } from '@tandem/local/processes/with-parent';
import { seeded } from '../../support/random.ts';
import { createFaultInjector } from '../fault-injector.ts';
import { type CrashPoint, createCrash, crashPoints } from '../crash-points.ts';
import { dynamoStores } from '../lossy-dynamodb.ts';
import { plantedBugs } from '../planted-bugs.ts';

const role = process.argv[2] as Role;
const {
  FAULT_SEED,
  FAULTS_PER_MILLE,
  PLANTED,
  SHORT_HOLD_SECONDS,
  PRODUCT_PORT,
  PRODUCT_URLS = '',
} = process.env;
/** The first instance of Product grants short holds, the second one holds that outlive the run. */
const isFirst = new URL(PRODUCT_URLS.split(',')[0] ?? '').port === PRODUCT_PORT;
const environment = { ...process.env, ...(isFirst ? { HOLD_SECONDS: SHORT_HOLD_SECONDS } : {}) };
const openStore = dynamoStores(process.env);

endWithParent();
const bug = PLANTED === undefined ? undefined : plantedBugs[PLANTED];
const crash = createCrash();
const faultInjector = createFaultInjector({
  random: seeded(Number(FAULT_SEED) + process.pid),
  perMille: Number(FAULTS_PER_MILLE),
  kinds: bug?.faults,
  report: (trouble) => process.send?.(trouble),
});
process.on('message', (message) => {
  if (message === 'stopFaults') {
    faultInjector.stopInjecting();
    crash.arm(undefined);
  } else if (message === 'disarm') crash.arm(undefined);
  else if (String(message) in crashPoints) crash.arm(message as CrashPoint);
});

await runUntilStopped(async () => {
  const running = await startRole(role, configOrExit(roleConfig, environment), {
    ...(openStore && { openStore }),
    onClient: (_principal, client) => {
      crash.onClient(client);
      faultInjector.onClient(client);
    },
    wrapStore: (store) => {
      const faulty = bug?.role === role ? bug.wrap(store) : store;
      return faultInjector.wrapStore(crash.wrapStore(faulty));
    },
  });
  process.send?.('ready');
  // A killed process cannot write the compile cache at its exit, and needs it to restart within a second.
  flushCompileCache();
  return running;
});
