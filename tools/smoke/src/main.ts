import { DomainError } from '@tandem/chassis/errors';
import { runCommand } from '@tandem/cli/command';
import { mintToken } from '@tandem/emulators/issuer';
import { type Hop, playStory } from './story.ts';
import { help, isLoopback, readSmokeArguments } from './arguments.ts';
import { untilReady } from './ready.ts';

const INTERRUPTED = 130;

await runCommand(async () => {
  const asked = readSmokeArguments(process.env['TOKEN']);
  if (!asked) {
    process.stdout.write(help);
    return 0;
  }
  const { url, waitMs, deadlineMs, isJson } = asked;
  const token = asked.token ?? (await localToken(url));
  const signal = stopSignal();
  const hops: Hop[] = [];
  const left: string[] = [];
  const start = performance.now();
  const print = (line: string) => process.stdout.write(`${line}\n`);
  const complain = (line: string) => process.stderr.write(`${line}\n`);
  const summarize = (result: object) => {
    const milliseconds = round(performance.now() - start);
    if (isJson) print(JSON.stringify({ ...result, url, hops: hops.length, milliseconds }));
  };

  try {
    const onWait = (reason: string) => complain(`waiting up to ${waitMs / 1000} s: ${reason}`);
    await untilReady(url, { waitMs, signal, onWait });
    const report = (hop: Hop) => {
      hops.push(hop);
      const { name, milliseconds } = hop;
      if (isJson) print(JSON.stringify({ hop: name, milliseconds: round(milliseconds) }));
      else print(`✓ ${name.padEnd(48)}${milliseconds.toFixed(0).padStart(6)} ms`);
    };
    const onLeftBehind = (path: string, reason: string) => {
      left.push(path);
      complain(`${path} could not be deleted (${reason}): delete it by hand`);
    };
    await playStory(url, token, report, { deadlineMs, signal, onLeftBehind });
    summarize({ ok: left.length === 0, ...(left.length > 0 && { left }) });
    return left.length === 0 ? 0 : 1;
  } catch (error) {
    const leftBehind = left.length > 0 && { left };
    if (signal.aborted) {
      summarize({ ok: false, reason: 'interrupted', ...leftBehind });
      complain('interrupted');
      return INTERRUPTED;
    }
    if (error instanceof DomainError) {
      summarize({ ok: false, reason: error.message, ...error.details, ...leftBehind });
    }
    throw error;
  }
});

async function localToken(url: string): Promise<string> {
  if (isLoopback(url)) return mintToken({ subject: 'smoke', scopes: ['products:write'] });
  throw new DomainError(
    'unauthenticated',
    'no-token',
    `${url} wants a token with the scope products:write: get one from the issuer that its services trust ` +
      '(AUTH_ISSUER), and give it in the variable TOKEN or by --token',
  );
}

/** Aborts at the first Ctrl-C or SIGTERM; npm and the terminal may both send it, so further ones change nothing. */
function stopSignal(): AbortSignal {
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (!stopping.signal.aborted) process.stderr.write(`${name}: deleting what was created\n`);
      stopping.abort();
    });
  }
  return stopping.signal;
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
