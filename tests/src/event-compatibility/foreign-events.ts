import { eventExamples } from '@tandem/contracts/examples';
import type { Published } from '@tandem/contracts/published';

/** The bodies that the contract quotes. */
const quoted = [
  '{"eventType":"ProductUpdated","productId":"prod-123","name":"Acme Widget","price":1999,"currency":"USD","inventory":120,"updatedAt":"2026-02-14T15:00:00Z","version":42}',
  '{"eventType":"ProductAddedToCart","cartId":"cart-abc","userId":"user-123","productId":"prod-123","priceAtAdd":1999,"qty":2,"timestamp":"2026-02-14T15:05:00Z","cartVersion":10}',
];

/**
 * What other producers send: the bodies of the contract; of every type its examples, and the typical one with nothing
 * but what must be there, in another time zone, with a field that nobody knows.
 */
export function foreignBodies({ accepted }: Published): readonly string[] {
  return [
    ...quoted,
    ...Object.entries(eventExamples).flatMap(([type, [typical, ...others]]) => {
      const required = accepted[type]?.['required'] as readonly string[];
      const least = Object.fromEntries(Object.entries(typical).filter(([field]) => required.includes(field)));
      // A cursor is Product's own: nobody else has one.
      const those = others.filter((body) => !('cursor' in body));
      return [typical, ...those, { ...least, ...elsewhere(least), origin: 'elsewhere' }].map((body) =>
        JSON.stringify(body),
      );
    }),
  ].filter((body, position, all) => all.indexOf(body) === position);
}

function elsewhere(event: Readonly<Record<string, unknown>>) {
  const times = ['updatedAt', 'timestamp'].filter((field) => field in event);
  return Object.fromEntries(times.map((field) => [field, '2026-02-14T16:00:00.123456+01:00']));
}
