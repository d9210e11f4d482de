import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { request } from '../../api.ts';
import { createActionState } from '../../action-state.ts';
import { ErrorNotice } from '../../parts/error-notice.tsx';
import { type AsyncApi, channelsOf } from './asyncapi.ts';
import { Documents } from './documents.tsx';
import { Events } from './events.tsx';
import { Minute } from './minute.tsx';
import './docs.css';

const DOCUMENT = '/asyncapi.json';
const api = signal<AsyncApi | undefined>(undefined);
const actions = createActionState();
/** Message in the URL hash: `#/docs/ProductUpdated`. */
const message = signal<string | undefined>(undefined);

function readHash(): void {
  const [, name] = /^#\/docs\/(\w+)$/.exec(location.hash) ?? [];
  message.value = name;
}

function read(): Promise<void> {
  return actions.run('read', async () => {
    const { body } = await request<AsyncApi>(DOCUMENT);
    api.value = body;
  });
}

/** Docs page: overview, API documentation, and events from the AsyncAPI document. */
export default function Docs() {
  useEffect(() => {
    readHash();
    addEventListener('hashchange', readHash);
    if (!api.value) void read();
    return () => removeEventListener('hashchange', readHash);
  }, []);
  return (
    <>
      <h1>Docs</h1>
      <p class="lead">How the system works, its APIs and its events.</p>
      <Minute />
      <Documents />
      <section aria-labelledby="events-title">
        <h2 id="events-title">Events</h2>
        {api.value && <p class="prose">{api.value.info.description}</p>}
        <p>
          <a href={DOCUMENT}>AsyncAPI document (JSON)</a>
        </p>
        <ErrorNotice message={actions.errorOf('read')} />
        {api.value && <Events channels={channelsOf(api.value)} message={message.value} />}
      </section>
    </>
  );
}
