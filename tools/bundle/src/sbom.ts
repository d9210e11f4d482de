/** What a bundle is made of, as a bill of materials by CycloneDX 1.6. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Artifact, Bundle } from './bundle.ts';

const ROOT = join(import.meta.dirname, '../../..');
const SWAGGER_PAGES = 'node_modules/@fastify/swagger-ui/static/swagger-ui-bundle.js';

/** A part of an artifact. Fields as CycloneDX names them. */
export interface Component {
  readonly type: 'application' | 'container' | 'library' | 'platform';
  readonly 'bom-ref': string;
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly purl?: string;
  /** For lookups of known vulnerabilities. */
  readonly cpe?: string;
  readonly licenses?: readonly [{ readonly expression: string }];
  readonly externalReferences?: readonly object[];
}

/** A bill of materials. */
export interface Bom {
  readonly bomFormat: 'CycloneDX';
  readonly specVersion: '1.6';
  readonly version: 1;
  readonly metadata: { readonly component: Component } & Readonly<Record<string, unknown>>;
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

/** What the root's lock file says of a package. */
export interface LockedPackage {
  readonly version: string;
  readonly license?: string;
  /** `sha512-` and the hash of its tarball in base64. */
  readonly integrity?: string;
}

export interface SbomFacts {
  /** Packages of the lock file by their paths. */
  readonly packages: Readonly<Record<string, LockedPackage>>;
  /** Version of this project. */
  readonly version: string;
  /** The image that an artifact is added to (`node:24.21.0-slim@sha256:…`); none for what AWS Lambda runs. */
  readonly image?: string | undefined;
  /** Version of the Swagger UI whose built pages a package contains. */
  readonly swaggerUi: string;
}

/** Reads the facts from the checkout; `image` is the Dockerfile's. Rejects if the pages of Swagger UI name no version. */
export async function readFacts(): Promise<SbomFacts & { readonly image: string }> {
  const read = (file: string) => readFile(join(ROOT, file), 'utf8');
  const { version, packages } = JSON.parse(await read('package-lock.json')) as SbomFacts;
  const [, image] = /^ARG NODE_IMAGE=(\S+)$/m.exec(await read('Dockerfile')) ?? [];
  const [, swaggerUi] = /PACKAGE_VERSION:"([^"]+)"/.exec(await read(SWAGGER_PAGES)) ?? [];
  if (image === undefined || swaggerUi === undefined)
    throw new Error('The Dockerfile names no NODE_IMAGE, or the pages of Swagger UI no version.');
  return { packages, version, image, swaggerUi };
}

/**
 * The bill of materials of a bundle: each package of which it contains code, the built pages of Swagger UI, and the Node.js of the
 * image that it is added to. The same bundle always has the same one: it names no time. Throws if the lock file lacks a package.
 */
export function sbomOf(artifact: Artifact, { included }: Pick<Bundle, 'included'>, facts: SbomFacts): Bom {
  const paths = [...new Set(included.flatMap((source) => packagePath(source) ?? []))].toSorted();
  const all = paths.map((path) => packageComponent(path, facts.packages[path]));
  // A version may be installed at several paths.
  const packages = [...new Map(all.map((one) => [one['bom-ref'], one])).values()];
  const hasPages = paths.includes('node_modules/@fastify/swagger-ui');
  const components = [
    ...packages,
    ...(hasPages ? [npmComponent('swagger-ui-dist', facts.swaggerUi, { license: 'Apache-2.0' })] : []),
    ...(facts.image === undefined ? [] : imageComponents(facts.image)),
  ];
  const name = `tandem-${artifact}`;
  const component: Component = {
    type: 'application',
    'bom-ref': name,
    name,
    version: facts.version,
    licenses: [{ expression: 'Apache-2.0' }],
  };
  const refs = components.map((one) => one['bom-ref']);
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { lifecycles: [{ phase: 'build' }], component },
    components,
    dependencies: [{ ref: name, dependsOn: refs }, ...refs.map((ref) => ({ ref }))],
  };
}

/** Path of the innermost package that a source belongs to; undefined for sources of this project and of the bundler. */
function packagePath(source: string): string | undefined {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(source)?.[0];
}

function packageComponent(path: string, locked: LockedPackage | undefined): Component {
  if (!locked) throw new Error(`The lock file has no ${path}: run npm ci.`);
  const [, name = ''] = /.*node_modules\/(.+)$/.exec(path) ?? [];
  return npmComponent(name, locked.version, locked);
}

function npmComponent(fullName: string, version: string, locked: Omit<LockedPackage, 'version'>): Component {
  const [name = '', group] = fullName.split('/').toReversed();
  const purl = `pkg:npm/${group === undefined ? '' : `${encodeURIComponent(group)}/`}${name}@${version}`;
  const { license, integrity } = locked;
  const hash = integrity && Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex');
  return {
    type: 'library',
    'bom-ref': purl,
    ...(group !== undefined && { group }),
    name,
    version,
    purl,
    ...(license !== undefined && { licenses: [{ expression: license }] as const }),
    // The hash is the tarball's, not that of the code in the bundle.
    ...(hash && {
      externalReferences: [
        {
          type: 'distribution',
          url: `https://registry.npmjs.org/${fullName}/-/${name}-${version}.tgz`,
          hashes: [{ alg: 'SHA-512', content: hash }],
        },
      ],
    }),
  };
}

/** The image and its Node.js. What Debian adds to it is found by scanning the image. */
function imageComponents(image: string): readonly Component[] {
  const [, name, tag = '', digest] = /^([^:@]+):([^@]+)(?:@(.+))?$/.exec(image) ?? [];
  const [version = ''] = tag.split('-');
  if (name !== 'node') throw new Error(`${image} is no image of Node.js.`);
  const purl = `pkg:docker/node@${digest === undefined ? tag : encodeURIComponent(digest)}?tag=${tag}`;
  const cpe = `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*`;
  const nodePurl = `pkg:generic/node@${version}`;
  return [
    { type: 'container', 'bom-ref': purl, name, version: tag, purl },
    { type: 'platform', 'bom-ref': nodePurl, name: 'node', version, purl: nodePurl, cpe },
  ];
}
