import { type Difference, differencesOf } from './schema-differences.ts';
import type { Published, Support } from '@tandem/contracts/published';

/** What a difference between two versions of an event means to those who know the older one. */
export interface Verdict extends Difference {
  readonly side: keyof Published;
  readonly eventType: string;
  readonly breaks: boolean;
}

/**
 * A consumer of an older version breaks on what it has never met, or no longer meets; a producer of an older version
 * breaks when what it says is no longer understood. What is only new harms neither: consumers ignore unknown fields and
 * acknowledge unknown types.
 */
const breaking: Readonly<Record<keyof Published, ReadonlySet<Difference['effect']>>> = {
  promised: new Set(['removed', 'wider', 'unlike']),
  accepted: new Set(['removed', 'narrower', 'unlike']),
};

/** Every difference of both sides. Throws for schemas that cannot be compared. */
export function verdictsOf(before: Published, after: Published): readonly Verdict[] {
  return (['promised', 'accepted'] as const).flatMap((side) => {
    const [old, now] = [before[side], after[side]];
    return [...new Set([...Object.keys(old), ...Object.keys(now)])].flatMap((eventType) => {
      const [a, b] = [old[eventType], now[eventType]];
      const differences: readonly Difference[] =
        a && b
          ? differencesOf(a, b)
          : [
              a
                ? { pointer: '', effect: 'removed', detail: 'the type is gone' }
                : { pointer: '', effect: 'added', detail: 'the type is new' },
            ];
      return differences.map((difference) => ({
        ...difference,
        side,
        eventType,
        breaks: breaking[side].has(difference.effect),
      }));
    });
  });
}

/** A frozen version: of `v1.2` the major is 1, the version that its events carry. */
export interface FrozenVersion {
  readonly name: string;
  readonly major: number;
  readonly published: Published;
}

/** What today's schemas are to those that are frozen; unless they are the same, in which ways not, and what to do. */
export interface Judgement {
  readonly status: 'same' | 'compatible' | 'incompatible';
  readonly reasons: readonly string[];
}

/** Judges today's schemas beside the versions that are frozen, oldest first. */
export function judge(
  today: Published,
  frozen: readonly FrozenVersion[],
  { schemaVersion, oldestRead }: Pick<Support, 'schemaVersion' | 'oldestRead'>,
): Judgement {
  const newest = frozen.at(-1);
  if (!newest) return { status: 'compatible', reasons: ['no version is frozen: npm run record-events'] };
  const verdicts = verdictsOf(newest.published, today);
  const isRaised = schemaVersion > newest.major;
  const broken = isRaised ? [] : verdicts.filter(({ side, breaks }) => side === 'promised' && breaks);
  const refused = frozen
    .filter(({ major }) => major >= oldestRead)
    .flatMap(({ name, published }) =>
      verdictsOf(published, today)
        .filter(({ side, breaks }) => side === 'accepted' && breaks)
        .map((verdict) => ({ ...verdict, name })),
    );
  const refusals = [
    ...broken.map((verdict) => `${textOf(verdict)}: consumers of ${newest.name} do not expect that`),
    ...refused.map((verdict) => `${textOf(verdict)}: events of ${verdict.name} would be dead letters`),
  ];
  if (refusals.length > 0) return { status: 'incompatible', reasons: [...new Set(refusals), WHAT_TO_DO] };
  if (verdicts.length === 0 && !isRaised) return { status: 'same', reasons: [] };
  const reasons = [...verdicts.map(textOf), `not frozen beside ${newest.name} yet: npm run record-events`];
  return { status: 'compatible', reasons };
}

const WHAT_TO_DO = `An event's schema only grows. Take the change back or add what is new beside what is there. Where that cannot be:
  1. have every consumer accept both: widen the schema in events.ts and keep the promise in published.ts as it is; freeze that
     with npm run record-events, deploy the consumers, and only then name that version as supported.oldestConsumer;
  2. change the promise, raise SCHEMA_VERSION, freeze the new version, and deploy the producers;
  3. raise supported.oldestRead once queues and DLQs have forgotten the old one: 4 + 14 days after its last producer went.`;

function textOf({ side, eventType, pointer, detail }: Verdict): string {
  return `${eventType}${pointer}, as ${side}: ${detail}`;
}
