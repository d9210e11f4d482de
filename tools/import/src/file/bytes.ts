import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { DomainError } from '@tandem/chassis/errors';

/** Unicode encoding that a file declares by its first bytes. */
interface Start {
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be';
  /** Length of the byte order mark, 0 without one. */
  readonly markLength: number;
}

/** Bytes that show whether a file is a text. */
const START = 512;

/**
 * Streams a file without its byte order mark; UTF-16, recognised by the mark or by the zeros in the first letters, as UTF-8.
 * Rejects with a DomainError when the file cannot be read, or is no text.
 */
export async function* readBytes(file: string): AsyncGenerator<Buffer> {
  try {
    const { encoding, markLength } = await readStart(file);
    const decoder = encoding === 'utf-8' ? undefined : new TextDecoder(encoding);
    for await (const chunk of createReadStream(file, { start: markLength }) as AsyncIterable<Buffer>) {
      if (decoder) yield Buffer.from(decoder.decode(chunk, { stream: true }));
      else yield chunk;
    }
    if (decoder) yield Buffer.from(decoder.decode());
  } catch (error) {
    throw asUnreadable(file, error);
  }
}

/** Error of a file that cannot be imported. */
export function unreadable(message: string, cause?: unknown): DomainError {
  return new DomainError('invalid', 'unreadable-file', message, { cause });
}

/** The error of reading `file` with a text for the user. */
export function asUnreadable(file: string, error: unknown): unknown {
  if (error instanceof DomainError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return unreadable(`file ${file} does not exist`, error);
  if (code === 'EISDIR') return unreadable(`${file} is a directory, not a file`, error);
  return code === undefined ? error : unreadable(`cannot read ${file}: ${message}`, error);
}

async function readStart(file: string): Promise<Start> {
  await using handle = await open(file);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(START), 0, START, 0);
  const start = buffer.subarray(0, bytesRead);
  const [first, second] = start;
  if (start.subarray(0, 3).equals(Buffer.from('\uFEFF'))) return { encoding: 'utf-8', markLength: 3 };
  if (first === 0xff && second === 0xfe) return { encoding: 'utf-16le', markLength: 2 };
  if (first === 0xfe && second === 0xff) return { encoding: 'utf-16be', markLength: 2 };
  if (first !== 0 && second === 0) return { encoding: 'utf-16le', markLength: 0 };
  if (first === 0 && second !== 0) return { encoding: 'utf-16be', markLength: 0 };
  if (start.includes(0)) throw unreadable(`${file} is not a text file`);
  return { encoding: 'utf-8', markLength: 0 };
}
