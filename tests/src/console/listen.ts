import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { State, Step } from '@tandem/console/protocol';
import { mintToken } from '@tandem/emulators/issuer';
import { type ApiResponse, client } from '../support/http.ts';
import { until } from '../support/until.ts';

/** Client of the console event stream; disconnects when disposed. */
export interface StreamClient extends AsyncDisposable {
  readonly steps: readonly Step[];
  /** Raw text received so far. */
  text(): string;
  /** Resolves to the steps received so far, once they match. */
  untilSteps(matches: (steps: readonly Step[]) => boolean): Promise<readonly Step[]>;
  /** Resolves to the next state that matches. */
  untilState(matches: (state: State) => boolean): Promise<State>;
  /** Resolves once the gateway has ended the stream. */
  ended(): Promise<void>;
}

/** Connects to the console event stream of a gateway. */
export async function listen(gateway: string, headers: Record<string, string> = {}): Promise<StreamClient> {
  const streamRequest = get(`${gateway}/console/events`, { headers, agent: false });
  const [response] = (await once(streamRequest, 'response')) as [IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`the event stream returned status ${response.statusCode}`);
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
  // The stream may break; a test that needs the outcome awaits ended().
  reading.catch(() => undefined);
  return {
    steps,
    text: () => all,
    untilSteps: (matches) => until(() => steps, matches),
    async untilState(matches) {
      const before = states.length;
      const found = await until(
        () => states.slice(before).find(matches) ?? states.at(-1),
        (state) => state !== undefined && states.length > before && matches(state),
      );
      if (!found) throw new Error('no state received');
      return found;
    },
    ended: () => reading,
    async [Symbol.asyncDispose]() {
      streamRequest.destroy();
      await reading.catch(() => undefined);
    },
  };
}

/** Client of the console routes with an operator token. */
export function operator(gateway: string) {
  const operatorToken = mintToken({ subject: 'tester', scopes: ['operator'] });
  const { call } = client(gateway);
  const request = async <B = Record<string, unknown>>(
    method: string,
    path: string,
    body?: object,
  ): Promise<ApiResponse<B>> =>
    call<B>(method, `/console${path}`, { token: await operatorToken, ...(body && { body }) });
  return {
    request,
    post: <B = Record<string, unknown>>(path: string, body: object) => request<B>('POST', path, body),
    fault: (fault: string, service: string, isOn: boolean) =>
      request('POST', '/faults', { fault, service, isOn }),
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
