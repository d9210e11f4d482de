import { DomainError } from '@tandem/chassis/errors';
import { INTERRUPTED, runCommand, stopSignal } from '@tandem/cli/command';
import { mintToken } from '@tandem/emulators/issuer';
import { type Step, runSmokeTest } from './smoke-test.ts';
import { readSmokeArguments } from './arguments.ts';
import { untilReady } from './ready.ts';

await runCommand(async () => {
  const { url, waitMs, deadlineMs, isJson, ...args } = readSmokeArguments(process.env['TOKEN']);
  const token = args.token ?? (await mintToken({ subject: 'smoke', scopes: ['products:write'] }));
  const signal = stopSignal('deleting the created resources');
  const steps: Step[] = [];
  const leftBehind: string[] = [];
  const start = performance.now();
  const print = (line: string) => process.stdout.write(`${line}\n`);
  const printError = (line: string) => process.stderr.write(`${line}\n`);
  const summarize = (result: object) => {
    const milliseconds = round(performance.now() - start);
    if (isJson) print(JSON.stringify({ ...result, url, hops: steps.length, milliseconds }));
  };

  try {
    const onWait = (reason: string) => printError(`waiting up to ${waitMs / 1000} s: ${reason}`);
    await untilReady(url, { waitMs, signal, onWait });
    const report = (step: Step) => {
      steps.push(step);
      const { name, milliseconds } = step;
      if (isJson) print(JSON.stringify({ hop: name, milliseconds: round(milliseconds) }));
      else print(`✓ ${name.padEnd(48)}${milliseconds.toFixed(0).padStart(6)} ms`);
    };
    const onLeftBehind = (path: string, reason: string) => {
      leftBehind.push(path);
      printError(`${path} could not be deleted (${reason}): delete it manually`);
    };
    await runSmokeTest(url, token, report, { deadlineMs, signal, onLeftBehind });
    summarize({ ok: leftBehind.length === 0, ...(leftBehind.length > 0 && { left: leftBehind }) });
    return leftBehind.length === 0 ? 0 : 1;
  } catch (error) {
    const remaining = leftBehind.length > 0 && { left: leftBehind };
    if (signal.aborted) {
      summarize({ ok: false, reason: 'interrupted', ...remaining });
      printError('interrupted');
      return INTERRUPTED;
    }
    if (error instanceof DomainError) {
      summarize({ ok: false, reason: error.message, ...error.details, ...remaining });
    }
    throw error;
  }
});

function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
