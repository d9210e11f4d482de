/** One process of the system, with an adversary around it, which dies where and when it is told to. */
import { configOrExit } from '@tandem/chassis/config';
import { runUntilStopped } from '@tandem/chassis/lifecycle';
import { type Role, roleConfig, startRole } from '@tandem/local/processes/roles';
import { endWithParent } from '@tandem/local/processes/with-parent';
import { seeded } from '../../process/load.ts';
import { createAdversary } from '../adversary.ts';
import { type CrashPoint, createCrash, crashPoints } from '../crash-points.ts';
import { planted, type Planted } from '../planted.ts';

const role = process.argv[2] as Role;
const { FAULT_SEED, FAULTS_PER_MILLE, PLANTED } = process.env;

endWithParent();
const crash = createCrash();
const adversary = createAdversary({
  random: seeded(Number(FAULT_SEED) + process.pid),
  perMille: Number(FAULTS_PER_MILLE),
  report: (trouble) => process.send?.(trouble),
});
process.on('message', (message) => {
  if (message === 'calm') {
    adversary.calm();
    crash.arm(undefined);
  } else if (String(message) in crashPoints) crash.arm(message as CrashPoint);
});

const bug = planted[PLANTED as Planted] as (typeof planted)[Planted] | undefined;
await runUntilStopped(async () => {
  const running = await startRole(role, configOrExit(roleConfig, process.env), {
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
  return running;
});
