/** A call of the SDK on its way. */
export interface Call<Input, Output> {
  readonly input: Input;
  /** Sends it, or another input in its place. */
  readonly send: (input?: Input) => Promise<Output>;
}

/** The last part of a topic's ARN or of a queue's URL. */
export function nameOf(address = ''): string {
  return address.slice(Math.max(address.lastIndexOf(':'), address.lastIndexOf('/')) + 1);
}
