import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { outputOf } from '@tandem/cli/run';
import { type ServiceName, serviceNames, topology } from '@tandem/contracts/topology';

const ROOT = join(import.meta.dirname, '../../..');

/** Digests of images by service, such as `sha256:…`. */
export type Digests = Readonly<Partial<Record<ServiceName, string>>>;

/** Services whose tasks run an image. */
export const imageServices: readonly ServiceName[] = serviceNames.filter(
  (service) => topology.services[service].runsAs === 'task',
);

/**
 * Builds the image of each service for ARM64 into `FOLDER/SERVICE`, as an OCI layout, and writes the digests of their manifests to
 * `FOLDER/digests.json`. Times are left out, so that the same content has the same digest: tasks are not replaced by a release that
 * does not change them.
 */
export async function buildImages(folder: string, report: (line: string) => void): Promise<Digests> {
  const digests: Partial<Record<ServiceName, string>> = {};
  for (const service of imageServices) {
    report(`Building the image of ${service}`);
    const layout = join(folder, service);
    const metadata = join(folder, `${service}.json`);
    await mkdir(layout, { recursive: true });
    await outputOf(
      'docker',
      [
        'buildx',
        'build',
        '--platform=linux/arm64',
        `--build-arg=SERVICE=${service}`,
        `--output=type=oci,dest=${layout},tar=false,rewrite-timestamp=true`,
        // An attestation of the builder would make an index of the manifest, and contain times. GitHub's follows.
        '--provenance=false',
        `--metadata-file=${metadata}`,
        ROOT,
      ],
      { env: { SOURCE_DATE_EPOCH: '0' } },
    );
    digests[service] = digestOf(JSON.parse(await readFile(metadata, 'utf8')), metadata);
  }
  await writeFile(join(folder, 'digests.json'), JSON.stringify(digests));
  return digests;
}

function digestOf(metadata: Partial<Record<string, unknown>>, file: string): string {
  const digest = metadata['containerimage.digest'];
  if (typeof digest === 'string' && /^sha256:[0-9a-f]{64}$/.test(digest)) return digest;
  throw new Error(`${file} has no containerimage.digest: update Docker's buildx.`);
}

/** References of images in a registry, by service: the setting `images`. Rejects if one is missing. */
export function references(digests: Digests, registry: string): Record<string, string> {
  return Object.fromEntries(
    imageServices.map((service) => {
      const digest = digests[service];
      if (digest === undefined) throw new Error(`There is no digest of ${service}: build the images again.`);
      return [service, `${registry}/${service}@${digest}`];
    }),
  );
}
