import { serviceNames, topology } from '@tandem/contracts/topology';
import { about } from '../../live.ts';
import { accentOf } from '../../parts/accent.ts';
import { capitalized } from '../../parts/format.ts';

/** Links to the documentation of each API. */
export function Apis() {
  const urls = about.value?.urls;
  const withApi = serviceNames.filter((service) => topology.services[service].paths.length > 0);
  return (
    <section aria-labelledby="apis-title">
      <h2 id="apis-title">APIs</h2>
      {!urls && (
        <p>
          Each service serves its documentation at <code>/docs</code> and <code>/openapi.json</code>.{' '}
          <code>npm start</code> prints their URLs.
        </p>
      )}
      <ul>
        {withApi.map((service) => (
          <li key={service} class={accentOf(service)}>
            <b class="accent-ink">{capitalized(service)}</b> ({topology.services[service].paths.join(' ')})
            {urls && (
              <>
                : <a href={`${urls[service]}/docs`}>{capitalized(service)} API documentation</a>,{' '}
                <a href={`${urls[service]}/openapi.json`}>{capitalized(service)} OpenAPI document (JSON)</a>
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
