import type { DomainError } from '@tandem/chassis/errors';
import { compileValidator, type Fault } from '@tandem/chassis/http/schema';
import type { z } from 'zod';
import type { NumberedLine } from './lines.ts';
import { importedProduct } from './schemas.ts';

type Imported = z.output<typeof importedProduct>;
type ReadOnlyField = 'productId' | 'onHand' | 'held' | 'version' | 'createdAt' | 'updatedAt';

/** A line of an import: the product and the fields that it creates or changes, or the reason why it is rejected. */
export type ImportLine =
  | { readonly productId: string; readonly fields: Omit<Imported, ReadOnlyField> }
  | { readonly reason: string };

/** Reader that validates lines by themselves, without regard to stored products. */
export function createLineReader(): (line: NumberedLine) => ImportLine {
  const validate = compileValidator(importedProduct, 'body');
  return (line) => {
    if ('fault' in line) return { reason: line.fault };
    const parsed = parse(line.text);
    if ('reason' in parsed) return parsed;
    const result = validate(parsed.value);
    if ('error' in result) return { reason: faultsOf(result.error) };
    const { productId, onHand, held, version, createdAt, updatedAt, ...fields } = result.value;
    return { productId, fields };
  };
}

/** The faults of a line in one text. */
export function faultsOf({ message, details }: DomainError): string {
  const faults = (details?.['errors'] ?? []) as readonly Fault[];
  return (
    faults.map(({ pointer, detail }) => (pointer === '' ? detail : `${pointer}: ${detail}`)).join('; ') ||
    message
  );
}

function parse(text: string): { readonly value: unknown } | { readonly reason: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { reason: `not valid JSON${positionOf(String(error))}` };
  }
}

/** Where the text of the engine says that the fault is, for those texts that do. */
function positionOf(message: string): string {
  if (/end of JSON/.test(message)) return ': it ends too early';
  const position = /at position (\d+)/.exec(message)?.[1];
  return position === undefined ? '' : ` at character ${Number(position) + 1}`;
}
