import { type Difference, differencesOf } from './schema-differences.ts';
import type { Published, Support } from '@tandem/contracts/published';

/** Difference between two versions of an event, and whether it breaks consumers or producers of the older one. */
export interface SchemaChange extends Difference {
  readonly side: keyof Published;
  readonly eventType: string;
  readonly isBreaking: boolean;
}

/**
 * Breaking effects on each side. A consumer of an older version breaks on values that it does not accept and on missing ones; a
 * producer breaks when its values are no longer accepted. Additions break neither: consumers ignore unknown fields and
 * acknowledge unknown types.
 */
const breaking: Readonly<Record<keyof Published, ReadonlySet<Difference['effect']>>> = {
  promised: new Set(['removed', 'widened', 'incomparable']),
  accepted: new Set(['removed', 'narrowed', 'incomparable']),
};

/** All changes of both sides. Throws for schemas that cannot be compared. */
export function changesBetween(before: Published, after: Published): readonly SchemaChange[] {
  return (['promised', 'accepted'] as const).flatMap((side) => {
    const [oldSchemas, newSchemas] = [before[side], after[side]];
    return [...new Set([...Object.keys(oldSchemas), ...Object.keys(newSchemas)])].flatMap((eventType) => {
      const [a, b] = [oldSchemas[eventType], newSchemas[eventType]];
      const differences: readonly Difference[] =
        a && b
          ? differencesOf(a, b)
          : [
              a
                ? { pointer: '', effect: 'removed', detail: 'the type is removed' }
                : { pointer: '', effect: 'added', detail: 'the type is new' },
            ];
      return differences.map((difference) => ({
        ...difference,
        side,
        eventType,
        isBreaking: breaking[side].has(difference.effect),
      }));
    });
  });
}

/** Frozen version of the event schemas: the major of `v1.2` is 1, the schema version in its events. */
export interface FrozenVersion {
  readonly name: string;
  readonly major: number;
  readonly published: Published;
}

/** Compatibility of the current schemas with the frozen ones; if they differ, how, and what to do. */
export interface Compatibility {
  readonly status: 'same' | 'compatible' | 'incompatible';
  readonly reasons: readonly string[];
}

/** Checks the current schemas against the frozen versions, which are in ascending order. */
export function checkCompatibility(
  current: Published,
  frozen: readonly FrozenVersion[],
  { schemaVersion, oldestRead }: Pick<Support, 'schemaVersion' | 'oldestRead'>,
): Compatibility {
  const newest = frozen.at(-1);
  if (!newest) return { status: 'compatible', reasons: ['no version is frozen: npm run record-events'] };
  const changes = changesBetween(newest.published, current);
  const isRaised = schemaVersion > newest.major;
  const brokenPromises = isRaised
    ? []
    : changes.filter(({ side, isBreaking }) => side === 'promised' && isBreaking);
  const noLongerAccepted = frozen
    .filter(({ major }) => major >= oldestRead)
    .flatMap(({ name, published }) =>
      changesBetween(published, current)
        .filter(({ side, isBreaking }) => side === 'accepted' && isBreaking)
        .map((change) => ({ ...change, name })),
    );
  const violations = [
    ...brokenPromises.map((change) => `${textOf(change)}: consumers of ${newest.name} do not expect that`),
    ...noLongerAccepted.map((change) => `${textOf(change)}: events of ${change.name} would be dead-lettered`),
  ];
  if (violations.length > 0)
    return { status: 'incompatible', reasons: [...new Set(violations), INSTRUCTIONS] };
  if (changes.length === 0 && !isRaised) return { status: 'same', reasons: [] };
  const reasons = [...changes.map(textOf), `not frozen after ${newest.name} yet: npm run record-events`];
  return { status: 'compatible', reasons };
}

const INSTRUCTIONS = `An event schema only grows. Revert the change, or add an optional field or a new type instead. If that is not possible:
  1. let every consumer accept both: widen the schema in events.ts and keep the promise in published.ts; freeze that version
     with npm run record-events, deploy the consumers, and only then set it as supported.oldestConsumer;
  2. change the promise, raise SCHEMA_VERSION, freeze the new version, and deploy the producers;
  3. raise supported.oldestRead once queues and DLQs no longer retain the old version: 4 + 14 days after its last producer stopped.`;

function textOf({ side, eventType, pointer, detail }: SchemaChange): string {
  return `${eventType}${pointer}, as ${side}: ${detail}`;
}
