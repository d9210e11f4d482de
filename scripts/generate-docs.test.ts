import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileUrl, generatedFiles } from './generate-docs.ts';

for (const file of generatedFiles) {
  test(`${file.path} is what the code says`, async () => {
    const onDisk = await readFile(fileUrl(file), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    // Compared as a boolean: a difference of whole files would bury what to do.
    assert.ok(onDisk === (await file.render()), `${file.path} is stale: run npm run docs`);
  });
}
