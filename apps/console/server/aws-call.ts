/** Intercepted call of an AWS SDK client. */
export interface AwsCall<Input, Output> {
  readonly input: Input;
  /** Sends the call, with a different input if given. */
  readonly send: (input?: Input) => Promise<Output>;
}

/** Interceptors of AWS SDK commands, by the name of the command. */
export type Interceptors = Readonly<Record<string, (call: never) => Promise<object>>>;

/** Resource name: the last part of a topic ARN or of a queue URL. */
export function resourceName(address = ''): string {
  return address.slice(Math.max(address.lastIndexOf(':'), address.lastIndexOf('/')) + 1);
}
