/** One process of the system, with an adversary around it, which dies where and when it is told to. */
import { flushCompileCache } from 'node:module';
import { configOrExit } from '@tandem/chassis/config';
import { runUntilStopped } from '@tandem/chassis/lifecycle';
import { type Role, roleConfig, startRole } from '@tandem/local/processes/roles';
import { endWithParent } from '@tandem/local/processes/with-parent';
import { seeded } from '../../process/random.ts';
import { createAdversary } from '../adversary.ts';
import { type CrashPoint, createCrash, crashPoints } from '../crash-points.ts';
import { dynamoStores } from '../dynamodb.ts';
import { planted } from '../planted.ts';

const role = process.argv[2] as Role;
const {
  FAULT_SEED,
  FAULTS_PER_MILLE,
  PLANTED,
  SHORT_HOLD_SECONDS,
  PRODUCT_PORT,
  PRODUCT_URLS = '',
} = process.env;
/** The first instance of Product grants short holds, the other one such as outlive the run. */
const isFirst = new URL(PRODUCT_URLS.split(',')[0] ?? '').port === PRODUCT_PORT;
const environment = { ...process.env, ...(isFirst ? { HOLD_SECONDS: SHORT_HOLD_SECONDS } : {}) };
const openStore = dynamoStores(process.env);

endWithParent();
const bug = PLANTED === undefined ? undefined : planted[PLANTED];
const crash = createCrash();
const adversary = createAdversary({
  random: seeded(Number(FAULT_SEED) + process.pid),
  perMille: Number(FAULTS_PER_MILLE),
  among: bug?.troubles,
  report: (trouble) => process.send?.(trouble),
});
process.on('message', (message) => {
  if (message === 'calm') {
    adversary.calm();
    crash.arm(undefined);
  } else if (message === 'disarm') crash.arm(undefined);
  else if (String(message) in crashPoints) crash.arm(message as CrashPoint);
});

await runUntilStopped(async () => {
  const running = await startRole(role, configOrExit(roleConfig, environment), {
    ...(openStore && { openStore }),
    onClient: (_principal, client) => {
      crash.onClient(client);
      adversary.onClient(client);
    },
    wrapStore: (store) => {
      const faulty = bug?.role === role ? bug.wrap(store) : store;
      return adversary.wrapStore(crash.wrapStore(faulty));
    },
  });
  process.send?.('ready');
  // Whoever is killed could not write it at its end, and starts again within the second by it.
  flushCompileCache();
  return running;
});
