import { useEffect, useRef } from 'preact/hooks';
import type { Channel, Field, Message } from './asyncapi.ts';

const idOf = (message: string) => `event-${message}`;

/** Scrolls to a message and focuses it; does nothing for an unknown name. */
export function goTo(message: string): void {
  const heading = document.getElementById(idOf(message));
  heading?.focus({ preventScroll: true });
  heading?.scrollIntoView({ block: 'start' });
}

/** Events by channel, with a list of links. `message` is the one to scroll to. */
export function Events({ channels, message }: { channels: readonly Channel[]; message: string | undefined }) {
  const isInitialized = useRef(false);
  useEffect(() => {
    if (message !== undefined) goTo(message);
    else if (isInitialized.current) document.querySelector('h1')?.scrollIntoView();
    isInitialized.current = true;
  }, [message]);
  return (
    <div class="events">
      <nav aria-label="Events">
        {channels.map(({ address, messages }) => (
          <div key={address} class={sideOf(address)}>
            <p>{address}</p>
            <ul>
              {messages.map(({ name }) => (
                <li key={name}>
                  <a
                    href={`#/docs/${name}`}
                    aria-current={name === message ? 'true' : undefined}
                    onClick={() => goTo(name)}
                  >
                    {name}
                  </a>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
      <div>
        {channels.map((channel) => (
          <ChannelView key={channel.address} channel={channel} />
        ))}
      </div>
    </div>
  );
}

/** Service whose colour a topic has. */
function sideOf(address: string): string {
  return address.startsWith('product') ? 'product' : 'cart';
}

function ChannelView({ channel }: { readonly channel: Channel }) {
  const { address, description, publishers, receivers, messages } = channel;
  const side = sideOf(address);
  return (
    <section class={`channel ${side}`} aria-labelledby={`channel-${address}`}>
      <h3 id={`channel-${address}`} class={`${side}-ink`}>
        {address}
      </h3>
      {description !== undefined && <p>{description}</p>}
      <ul class="who">
        {[...publishers, ...receivers].map((summary) => (
          <li key={summary}>{summary}</li>
        ))}
      </ul>
      {messages.map((message) => (
        <MessageView key={message.name} message={message} />
      ))}
    </section>
  );
}

function MessageView({ message: { name, description, receivers, fields, example } }: { message: Message }) {
  return (
    <article class="sheet" aria-labelledby={idOf(name)}>
      <h4 id={idOf(name)} tabIndex={-1}>
        {name}
      </h4>
      {description !== undefined && <p>{description}</p>}
      {receivers.length === 0 && <p class="quiet">No service consumes this event.</p>}
      <Payload name={name} fields={fields} />
      {example !== undefined && (
        <details>
          <summary>Example of {name}</summary>
          {/* Focusable, so that the keyboard can scroll it. */}
          <pre tabIndex={0} role="region" aria-label={`Example of ${name}`}>
            {example}
          </pre>
        </details>
      )}
    </article>
  );
}

function Payload({ name, fields }: { readonly name: string; readonly fields: readonly Field[] }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={`Fields of ${name}`}>
      <table>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Type</th>
            <th scope="col">Required</th>
            <th scope="col">Description</th>
          </tr>
        </thead>
        <tbody>
          {fields.map((field) => (
            <tr key={field.name}>
              <th scope="row">
                <code>{field.name}</code>
              </th>
              <td>{field.type}</td>
              <td>{field.isRequired ? 'yes' : 'no'}</td>
              <td>{field.description}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
