import { useSignal } from '@preact/signals';
import { ask } from '../../api.ts';
import { pretty } from '../../parts/pretty.ts';
import { operatorToken } from '../../session.ts';

/** Shows an event as it was published, to the operator who asks for it. */
export function Payload({ eventId, of }: { eventId: string; of: string }) {
  const payload = useSignal<string | undefined>(undefined);
  const problem = useSignal<string | undefined>(undefined);
  const show = () =>
    void ask<{ body: unknown }>(`/console/events/${encodeURIComponent(eventId)}`, {
      token: operatorToken.value,
    })
      .then(({ body }) => (payload.value = pretty(body.body)))
      .catch((error: Error) => (problem.value = error.message));
  if (payload.value !== undefined)
    return (
      <figure class="payload">
        <figcaption>{of}</figcaption>
        <pre tabIndex={0}>{payload}</pre>
      </figure>
    );
  return (
    <p class="row">
      <button type="button" class="quiet" onClick={show}>
        Show payload
      </button>
      <span class="quiet">{of}</span>
      {problem.value !== undefined && (
        <span class="bad-ink" role="alert">
          {problem}
        </span>
      )}
    </p>
  );
}
