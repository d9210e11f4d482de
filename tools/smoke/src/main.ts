import { DomainError } from '@tandem/chassis/errors';
import { INTERRUPTED, onlyOne, readArguments, runCommand, stopSignal, usageError } from '@tandem/cli/command';
import { printLine } from '@tandem/cli/printable';
import { givenToken, httpUrl } from '@tandem/cli/target';
import { mintToken } from '@tandem/emulators/issuer';
import { type Step, runSmokeTest, textOf } from './smoke-test.ts';
import { untilReady } from './ready.ts';

const help = `Smoke test of a deployment, on this machine or on AWS, with the latency of each step: create a product, add two units to a
cart once Cart has the product, check the held stock, change the price, check it in the cart, delete the cart, check that
the stock is released. Always deletes the resources that it created.

  npm run smoke -- URL [--token TOKEN] [--wait 60s] [--deadline 10s] [--json]

  URL              base URL of the gateway or the load balancer, such as http://localhost:8080
  --token TOKEN    token with the scope products:write (default: the variable TOKEN; for this machine a local token)
  --wait TIME      deadline until the deployment is ready, in ms, s or m (default: 60s)
  --deadline TIME  deadline of each step (default: 10s)
  --json           print a line of JSON for each step and one for the summary

Exit code: 0 passed, 1 failed, 2 usage error, 130 interrupted.
`;

await runCommand(async () => {
  const { values, positionals } = readArguments({
    help,
    allowPositionals: true,
    options: {
      token: { type: 'string' },
      wait: { type: 'string', default: '60s' },
      deadline: { type: 'string', default: '10s' },
      json: { type: 'boolean', default: false },
    },
  });
  const url = httpUrl(onlyOne(positionals, 'URL'));
  const waitMs = millisecondsOf('--wait', values.wait);
  const deadlineMs = millisecondsOf('--deadline', values.deadline);
  const token =
    givenToken(url, values.token, process.env['TOKEN']) ??
    (await mintToken({ subject: 'smoke', scopes: ['products:write'] }));
  const signal = stopSignal('deleting the created resources');
  const steps: Step[] = [];
  const left: string[] = [];
  const start = performance.now();
  const printError = (line: string) => printLine(line, process.stderr);
  const summarize = (result: { readonly ok: boolean; readonly reason?: string }) => {
    const milliseconds = round(performance.now() - start);
    const summary = { ...result, ...(left.length > 0 && { left }), url, hops: steps.length, milliseconds };
    if (values.json) printLine(JSON.stringify(summary));
  };

  try {
    const onWait = (reason: string) => printError(`waiting up to ${waitMs / 1000} s: ${reason}`);
    await untilReady(url, { waitMs, signal, onWait });
    const report = (step: Step) => {
      steps.push(step);
      const { name: hop, milliseconds } = step;
      printLine(values.json ? JSON.stringify({ hop, milliseconds: round(milliseconds) }) : textOf(step));
    };
    const onLeftBehind = (path: string, reason: string) => {
      left.push(path);
      printError(`${path} could not be deleted (${reason}): delete it manually`);
    };
    await runSmokeTest(url, token, report, { deadlineMs, signal, onLeftBehind });
    summarize({ ok: left.length === 0 });
    return left.length === 0 ? 0 : 1;
  } catch (error) {
    if (signal.aborted) {
      summarize({ ok: false, reason: 'interrupted' });
      printError('interrupted');
      return INTERRUPTED;
    }
    if (error instanceof DomainError) summarize({ ok: false, reason: error.message, ...error.details });
    throw error;
  }
});

function millisecondsOf(option: string, text: string): number {
  const [, digits, unit] = /^(\d{1,6})(ms|s|m)$/.exec(text) ?? [];
  if (digits === undefined)
    throw usageError(`${option} "${text}" is not a duration: use a form such as 500ms, 30s or 2m`);
  return Number(digits) * ({ ms: 1, s: 1_000, m: 60_000 }[unit ?? ''] ?? 1);
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
