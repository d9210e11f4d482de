import { appendFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { DomainError } from '@tandem/chassis/errors';
import { INTERRUPTED, runCommand, stopSignal } from '@tandem/cli/command';
import { machineFacts } from '../machine.ts';
import { startOwnSystem } from '../system/own-system.ts';
import { CONNECTIONS, readBenchArguments } from './arguments.ts';
import { eventsText, measureEvents } from './events.ts';
import { historyFile, historyLine, reportText } from './report.ts';
import { measureIdle, measureRounds } from './rounds.ts';
import { prepareEvents, prepareSubjects } from './subjects.ts';
import { exitCodeOf, judgeTargets } from './targets.ts';

const RESULTS = join(import.meta.dirname, '../../results');
/** So long that a process that uses 1 ms of CPU a second is seen, in steps of 10 ms. */
const IDLE_SECONDS = 20;
/** Longer than a run: Product would expire the holds of the prepared carts beside the requests. */
const HOLD_SECONDS = '86400';

await runCommand(async () => {
  const options = readBenchArguments();
  if (process.platform !== 'linux')
    throw new DomainError('unavailable', 'no-proc', 'CPU time is read from /proc, which only Linux has');
  const log = (line: string) => void process.stderr.write(`${line}\n`);

  await using running = new AsyncDisposableStack();
  const { dynamodb, rounds, load, routes } = options;
  const path = process.env['PATH'];
  log('starting the system');
  const system = running.use(
    await startOwnSystem({
      mode: 'processes',
      store: 'dynamodb',
      path,
      dynamodb,
      settings: { HOLD_SECONDS },
    }),
  );
  log('creating products and carts');
  if (options.isEvents) {
    const subjects = await prepareEvents(system, running);
    const stopping = stopSignal('stopping');
    const costs = await measureEvents(subjects, {
      rounds,
      requests: 2_000,
      connections: CONNECTIONS,
      log,
      stopping,
    }).catch((error: unknown) => {
      if (!stopping.aborted) throw error;
    });
    if (!costs) return INTERRUPTED;
    console.log(eventsText(costs));
    return 0;
  }
  const { subjects, pids } = await prepareSubjects(system, options, running);
  const machine = machineFacts();
  const [before = 0] = loadavg();
  const results = await measureRounds(subjects, { ...options, log });
  const [after = 0] = loadavg();
  const idle = await measureIdle(pids, IDLE_SECONDS);
  const judged = judgeTargets(results, load);
  const report = { machine, loadAverage: [before, after] as const, rounds, load, results, idle, judged };
  console.log(reportText(report, routes));
  if (options.isSaved) await appendFile(join(RESULTS, historyFile(machine)), `${historyLine(report)}\n`);
  return exitCodeOf(judged);
});
