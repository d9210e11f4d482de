import { z } from 'zod';
import { DomainError } from '../errors.ts';

type Condition = '*' | readonly string[];

/** The If-Match and If-None-Match of a request (RFC 9110, section 13). */
export interface Preconditions {
  readonly ifMatch: Condition | undefined;
  readonly ifNoneMatch: Condition | undefined;
}

/** The entity tag of a version. */
export function versionTag(version: number): string {
  return `"${version}"`;
}

/** Suffix of the tag of a compressed response, as RFC 9110, 8.8.3.3 suggests. No tag of a content ends like this. */
const codingSuffix = /-(?:br|gzip)"$/;

/** The tag of a content in a content coding: strong, and different in each coding. */
export function tagOfCoding(tag: string, coding: string): string {
  return tag.replace(/"$/, `-${coding}"`);
}

const tag = '(W/)?"[!#-~\\x80-\\xff]*"';

/** Schema of If-Match and If-None-Match. The pattern documents the syntax; `parsePreconditions` enforces it. */
export const conditionHeader = z
  .string()
  .meta({ examples: ['"42"'], pattern: `^[ \\t]*(\\*|[ \\t,]*${tag}([ \\t]*,[ \\t]*(${tag})?)*)[ \\t]*$` });

/**
 * Parses both headers. Tags are those of the content: a client may have received them with any content coding, and writes
 * the content. Throws a DomainError of kind `invalid` if one is not a list of entity tags.
 */
export function parsePreconditions(headers: {
  readonly 'if-match'?: string | undefined;
  readonly 'if-none-match'?: string | undefined;
}): Preconditions {
  return {
    ifMatch: parseCondition('If-Match', headers['if-match']),
    ifNoneMatch: parseCondition('If-None-Match', headers['if-none-match']),
  };
}

/** Whether the preconditions allow a write of a resource with the tag `current`; undefined if there is no resource. */
export function allowsWrite({ ifMatch, ifNoneMatch }: Preconditions, current: string | undefined): boolean {
  return (
    (ifMatch === undefined || isMatch(ifMatch, current, isSameStrongly)) && !isMatch(ifNoneMatch, current)
  );
}

/** Whether the response to a read of a resource with the tag `current` is 304. */
export function isNotModified({ ifNoneMatch }: Preconditions, current: string): boolean {
  return isMatch(ifNoneMatch, current);
}

function isMatch(
  condition: Condition | undefined,
  current: string | undefined,
  isSame: (a: string, b: string) => boolean = isSameWeakly,
): boolean {
  if (condition === undefined || current === undefined) return false;
  return condition === '*' || condition.some((tag) => isSame(tag, current));
}

function isSameStrongly(a: string, b: string): boolean {
  return a === b && !a.startsWith('W/');
}

function isSameWeakly(a: string, b: string): boolean {
  return a.replace(/^W\//, '') === b.replace(/^W\//, '');
}

/** An element of the list. Empty elements must be accepted (RFC 9110, section 5.6.1). */
const element = /[ \t]*(?:(?<tag>(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")[ \t]*)?(?:,|$)/y;

function parseCondition(header: string, value: string | undefined): Condition | undefined {
  if (value === undefined) return undefined;
  if (value.trim() === '*') return '*';
  const tags: string[] = [];
  element.lastIndex = 0;
  while (element.lastIndex < value.length) {
    const match = element.exec(value);
    if (match === null) break;
    if (match.groups?.['tag'] !== undefined) tags.push(match.groups['tag'].replace(codingSuffix, '"'));
    if (element.lastIndex === value.length) return tags.length > 0 ? tags : malformed(header);
  }
  return malformed(header);
}

function malformed(header: string): never {
  throw new DomainError(
    'invalid',
    'malformed-precondition',
    `${header} is malformed. Send * or a list of entity tags such as "42".`,
  );
}
