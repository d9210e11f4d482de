import { createReadStream } from 'node:fs';
import { parseJson } from './dead-letter.ts';

/** Longest unfinished line that is kept for the next call. */
const MAX_LINE = 16 * 1024 * 1024;

/**
 * Creates a reader of a growing NDJSON file: each call passes on the objects of the lines that are new, also those of other
 * processes; none while there is no file. Never rejects, and skips what is not JSON.
 */
export function createLogReader(file: string, onValue: (value: object) => void): () => Promise<void> {
  let position = 0;
  let rest = '';
  let reading = Promise.resolve();
  const readNew = async () => {
    try {
      for await (const chunk of createReadStream(file, { start: position })) {
        position += (chunk as Buffer).length;
        const lines = (rest + (chunk as Buffer).toString('latin1')).split('\n');
        rest = (lines.pop() ?? '').slice(0, MAX_LINE);
        for (const line of lines) {
          const value = parseJson(Buffer.from(line, 'latin1').toString());
          if (typeof value === 'object' && value !== null) onValue(value);
        }
      }
    } catch {
      // There is no file before the first record.
    }
  };
  return () => (reading = reading.then(readNew));
}
