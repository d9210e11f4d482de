import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { State, Step } from '@tandem/console/protocol';
import { mintToken } from '@tandem/emulators/issuer';
import { type Answer, client } from '../support/http.ts';
import { until } from '../support/until.ts';

/** A listener of the console's stream, until it goes out of scope. */
export interface Listening extends AsyncDisposable {
  readonly steps: readonly Step[];
  /** All that came, as it came. */
  text(): string;
  /** Resolves to the steps so far once they are as they should be. */
  untilSteps(holds: (steps: readonly Step[]) => boolean): Promise<readonly Step[]>;
  /** Resolves to the first state after now that is as it should be. */
  untilState(holds: (state: State) => boolean): Promise<State>;
  /** Resolves once the gateway has ended the stream. */
  ended(): Promise<void>;
}

/** Listens to the gateway's console. */
export async function listen(gateway: string, headers: Record<string, string> = {}): Promise<Listening> {
  const request = get(`${gateway}/console/events`, { headers, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`the stream is answered ${response.statusCode}`);
  const [steps, states]: [Step[], State[]] = [[], []];
  let all = '';
  const reading = read(response.setEncoding('utf8'), (message) => {
    all += `${message}\n\n`;
    const [event, data] = ['event', 'data'].map(
      (field) => new RegExp(`^${field}: (.*)$`, 'm').exec(message)?.[1],
    );
    if (event === 'step') steps.push(JSON.parse(data ?? '') as Step);
    if (event === 'state') states.push(JSON.parse(data ?? '') as State);
  });
  // It may break: a test that wants to know asks how it ended.
  reading.catch(() => undefined);
  return {
    steps,
    text: () => all,
    untilSteps: (holds) => until(() => steps, holds),
    async untilState(holds) {
      const before = states.length;
      const found = await until(
        () => states.slice(before).find(holds) ?? states.at(-1),
        (state) => state !== undefined && states.length > before && holds(state),
      );
      if (!found) throw new Error('no state');
      return found;
    },
    ended: () => reading,
    async [Symbol.asyncDispose]() {
      request.destroy();
      await reading.catch(() => undefined);
    },
  };
}

/** Calls the console's routes as an operator, unless another token is given. */
export function operator(gateway: string) {
  const own = mintToken({ subject: 'tester', scopes: ['operator'] });
  const { call } = client(gateway);
  const ask = async <B = Record<string, unknown>>(
    method: string,
    path: string,
    body?: object,
  ): Promise<Answer<B>> => call<B>(method, `/console${path}`, { token: await own, ...(body && { body }) });
  return {
    ask,
    post: <B = Record<string, unknown>>(path: string, body: object) => ask<B>('POST', path, body),
    fault: (fault: string, service: string, isOn: boolean) =>
      ask('POST', '/faults', { fault, service, isOn }),
  };
}

async function read(stream: AsyncIterable<string>, onMessage: (message: string) => void): Promise<void> {
  let rest = '';
  for await (const chunk of stream) {
    const messages = (rest + chunk).split('\n\n');
    rest = messages.pop() ?? '';
    for (const message of messages) onMessage(message);
  }
}
