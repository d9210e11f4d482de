import { type ServiceName, serviceNames, topology } from '@tandem/contracts/topology';
import { about } from '../../live.ts';
import { accentOf } from '../../parts/accent.ts';
import { capitalized } from '../../parts/format.ts';

/** Services with an API. */
const withApi = serviceNames.filter((service) => topology.services[service].paths.length > 0);

/** Links to the API documentation and the OpenAPI documents. */
export function Documents() {
  const urls = about.value?.urls;
  return (
    <section aria-labelledby="documents-title">
      <h2 id="documents-title">APIs</h2>
      {urls ? (
        <div class="columns">
          {withApi.map((service) => (
            <Api key={service} service={service} url={urls[service]} />
          ))}
        </div>
      ) : (
        <p>
          Each service serves its documentation at <code>/docs</code> and <code>/openapi.json</code>.{' '}
          <code>npm start</code> prints their URLs.
        </p>
      )}
    </section>
  );
}

function Api({ service, url }: { readonly service: ServiceName; readonly url: string }) {
  const name = capitalized(service);
  return (
    <div class={`sheet api ${accentOf(service)}`}>
      <h3 class="accent-ink">{name}</h3>
      <p class="quiet">{topology.services[service].paths.join(' ')}</p>
      <p class="row">
        <a href={`${url}/docs`}>{name} API documentation</a>
        <a href={`${url}/openapi.json`}>{name} OpenAPI document (JSON)</a>
      </p>
    </div>
  );
}
