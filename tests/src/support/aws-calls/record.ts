import { appendFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Principal } from '@tandem/contracts/topology';
import type { CallDynamo } from '@tandem/storage/dynamodb-calls';
import { callsOf, type Input } from './calls-of.ts';

const file = process.env['AWS_CALLS_FILE'];
const ROOT = `${import.meta.dirname}/../../../..`;
const from = relative(ROOT, process.argv[1] ?? '');
const written = new Set<string>();

type Middleware = (next: Handler, context: Context) => Handler;
type Handler = (args: { input: object }) => Promise<{ response: unknown; output: object }>;
type Context = { readonly clientName?: string; readonly commandName?: string };

/** Common part of all SDK clients. */
export interface Recordable {
  readonly middlewareStack: {
    add(middleware: never, options: { step: 'initialize'; name: string; override: boolean }): void;
  };
}

/**
 * Appends the calls of a principal through a client to the file in `AWS_CALLS_FILE`, each once per process; records nothing
 * without that variable. A call with an unknown permission fails, and so does the run that reads the file.
 */
export function recordCalls(principal: Principal, client: Recordable): void {
  if (file === undefined) return;
  const middleware: Middleware =
    (next, { clientName = '', commandName = '' }) =>
    (args) => {
      record(principal, clientName, commandName, args.input as Input);
      return next(args);
    };
  client.middlewareStack.add(middleware as never, {
    step: 'initialize',
    name: 'recordCalls',
    override: true,
  });
}

/** Records DynamoDB calls, which do not use the SDK's client. */
export function recordingCalls(principal: Principal, call: CallDynamo): CallDynamo {
  return (operation, input) => {
    record(principal, 'DynamoDB', operation, input as unknown as Input);
    return call(operation, input);
  };
}

/** Records the permissions that a call needs. */
export function record(principal: Principal, client: string, command: string, input: Input): void {
  if (file === undefined) return;
  try {
    for (const call of callsOf(client, command, input)) append({ principal, ...call });
  } catch (error) {
    append({ principal, fault: String(error) });
    throw error;
  }
}

function append(line: object): void {
  const text = `${JSON.stringify({ ...line, from })}\n`;
  if (file === undefined || written.has(text)) return;
  written.add(text);
  appendFileSync(file, text);
}
