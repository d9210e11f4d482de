import { eventExamples } from '@tandem/contracts/examples';
import type { Published } from '@tandem/contracts/published';

/** Bodies in the contract. */
const contractBodies = [
  '{"eventType":"ProductUpdated","productId":"prod-123","name":"Acme Widget","price":1999,"currency":"USD","inventory":120,"updatedAt":"2026-02-14T15:00:00Z","version":42}',
  '{"eventType":"ProductAddedToCart","cartId":"cart-abc","userId":"user-123","productId":"prod-123","priceAtAdd":1999,"qty":2,"timestamp":"2026-02-14T15:05:00Z","cartVersion":10}',
];

/**
 * Events of other producers: the bodies of the contract, the examples of every type, and for each type a minimal event in another
 * time zone with an unknown field.
 */
export function foreignBodies({ accepted }: Published): readonly string[] {
  return [
    ...contractBodies,
    ...Object.entries(eventExamples).flatMap(([type, [typical, ...otherExamples]]) => {
      const required = accepted[type]?.['required'] as readonly string[];
      const minimal = Object.fromEntries(
        Object.entries(typical).filter(([field]) => required.includes(field)),
      );
      // Only Product publishes a cursor.
      const withoutCursor = otherExamples.filter((body) => !('cursor' in body));
      return [
        typical,
        ...withoutCursor,
        { ...minimal, ...inOtherTimeZone(minimal), origin: 'elsewhere' },
      ].map((body) => JSON.stringify(body));
    }),
  ].filter((body, position, all) => all.indexOf(body) === position);
}

function inOtherTimeZone(event: Readonly<Record<string, unknown>>) {
  const times = ['updatedAt', 'timestamp'].filter((field) => field in event);
  return Object.fromEntries(times.map((field) => [field, '2026-02-14T16:00:00.123456+01:00']));
}
