import { useSignal } from '@preact/signals';
import { request } from '../../api.ts';
import { pretty } from '../../parts/pretty.ts';
import { operatorToken } from '../../session.ts';

/** Payload of a published event, fetched on demand; requires the operator token. */
export function Payload({ eventId, title }: { eventId: string; title: string }) {
  const payload = useSignal<string | undefined>(undefined);
  const problem = useSignal<string | undefined>(undefined);
  const show = () =>
    void request<{ body: unknown }>(`/console/events/${encodeURIComponent(eventId)}`, {
      token: operatorToken.value,
    })
      .then(({ body }) => (payload.value = pretty(body.body)))
      .catch((error: Error) => (problem.value = error.message));
  if (payload.value !== undefined)
    return (
      <figure class="payload">
        <figcaption>{title}</figcaption>
        <pre tabIndex={0}>{payload}</pre>
      </figure>
    );
  return (
    <p class="row">
      <button type="button" class="quiet" onClick={show}>
        Show payload
      </button>
      <span class="quiet">{title}</span>
      {problem.value !== undefined && (
        <span class="bad-ink" role="alert">
          {problem}
        </span>
      )}
    </p>
  );
}
