const marks = [
  ['product', 'Product and what it tells'],
  ['cart', 'Cart and what it tells'],
  ['request', 'a request'],
  ['event', 'an event, slowed down for the eye'],
  ['failure', 'kept because it went wrong'],
  ['snapshot', 'a snapshot, which is no news'],
] as const;

/** What the colours and lines of the picture mean. */
export function Legend() {
  return (
    <ul class="legend" aria-label="Legend">
      {marks.map(([mark, meaning]) => (
        <li key={mark}>
          <svg viewBox="0 0 26 14" width="26" height="14" aria-hidden="true" class={mark}>
            <Mark mark={mark} />
          </svg>
          {meaning}
        </li>
      ))}
    </ul>
  );
}

function Mark({ mark }: { mark: (typeof marks)[number][0] }) {
  if (mark === 'request') return <circle cx="13" cy="7" r="3" />;
  if (mark === 'event') return <circle cx="13" cy="7" r="5" />;
  if (mark === 'failure' || mark === 'snapshot') return <path d="M1 7H25" />;
  return <rect x="1" y="1" width="24" height="12" rx="3" />;
}
