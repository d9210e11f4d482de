import type { ImportMessage, ImportQuery } from '../../../../server/protocol-import.ts';
import { Problem } from '../../../api.ts';
import { operatorToken } from '../../../session.ts';

/** Result of an import, or of its preview. */
export type ImportResult = Extract<ImportMessage, { readonly kind: 'preview' | 'imported' }>;

/**
 * Sends a file to the console's import, and reports its messages. Resolves to its result. Rejects with an error whose text the
 * reader can use; a response that ends without a result was cut off.
 */
export async function importFile(
  file: File,
  query: Omit<ImportQuery, 'name'>,
  onMessage: (message: ImportMessage) => void,
  signal: AbortSignal,
): Promise<ImportResult> {
  const entries = Object.entries({ name: file.name, ...query }).filter(([, value]) => value !== undefined);
  const response = await fetch(`/console/import?${new URLSearchParams(entries as [string, string][])}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/octet-stream',
      authorization: `Bearer ${operatorToken.value ?? ''}`,
    },
    body: file,
    signal,
  }).catch((error: unknown) => {
    throw signal.aborted ? error : lost();
  });
  if (!response.ok || response.body === null)
    throw new Problem(response.status, (await response.json().catch(() => ({}))) as Record<string, unknown>);
  let result: ImportResult | undefined;
  try {
    for await (const message of messagesOf(response.body)) {
      if (message.kind === 'failed') throw new ImportFailure(message.detail);
      if (message.kind === 'preview' || message.kind === 'imported') result = message;
      else onMessage(message);
    }
  } catch (error) {
    throw error instanceof ImportFailure || signal.aborted ? error : lost();
  }
  if (result === undefined) throw lost();
  return result;
}

/** The import has failed for a reason that its server names. */
class ImportFailure extends Error {}

/** Error of an import whose connection was lost, as an outage. */
function lost(): Problem {
  const detail =
    'The connection was lost. Send the file again once the system is back: products that are imported stay unchanged.';
  return new Problem(0, { detail });
}

/** Messages of a body that has a JSON object a line. */
async function* messagesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<ImportMessage> {
  const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader();
  let rest = '';
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const lines = (rest + read.value).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as ImportMessage;
  }
}

/** Rejected rows as a CSV file. */
export function rejectedCsv(bad: readonly { readonly line: number; readonly reason: string }[]): string {
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const rows = bad.map(({ line, reason }) => `${line},${quoted(reason)}\r\n`);
  return `line,reason\r\n${rows.join('')}`;
}
