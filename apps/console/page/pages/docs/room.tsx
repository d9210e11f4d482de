import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ask } from '../../api.ts';
import { createDoings } from '../../doings.ts';
import { Trouble } from '../../parts/act.tsx';
import { type AsyncApi, channelsOf } from './asyncapi.ts';
import { Documents } from './documents.tsx';
import { Events } from './events.tsx';
import { Minute } from './minute.tsx';
import './docs.css';

const DOCUMENT = '/asyncapi.json';
const api = signal<AsyncApi | undefined>(undefined);
const doings = createDoings();
/** The message that the address names: `#/docs/ProductUpdated`. */
const message = signal<string | undefined>(undefined);

function readAddress(): void {
  const [, name] = /^#\/docs\/(\w+)$/.exec(location.hash) ?? [];
  message.value = name;
}

function read(): Promise<void> {
  return doings.run('read', async () => {
    const { body } = await ask<AsyncApi>(DOCUMENT);
    api.value = body;
  });
}

/** How it works, the APIs' own pages, and the events as their document describes them. */
export default function Docs() {
  useEffect(() => {
    readAddress();
    addEventListener('hashchange', readAddress);
    if (!api.value) void read();
    return () => removeEventListener('hashchange', readAddress);
  }, []);
  return (
    <>
      <h1>Docs</h1>
      <p class="lead">How it works, what the APIs offer, and what every event says.</p>
      <Minute />
      <Documents />
      <section aria-labelledby="events-title">
        <h2 id="events-title">The events</h2>
        {api.value && <p class="prose">{api.value.info.description}</p>}
        <p>
          <a href={DOCUMENT}>The AsyncAPI document as JSON</a>
        </p>
        <Trouble of={doings.problemOf('read')} />
        {api.value && <Events channels={channelsOf(api.value)} message={message.value} />}
      </section>
    </>
  );
}
