import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileUrl, generatedFiles } from './generate-docs.ts';

for (const file of generatedFiles) {
  test(`${file.path} is up to date with the code`, async () => {
    const onDisk = await readFile(fileUrl(file), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    // Compared as a boolean: a diff of whole files would hide the advice.
    assert.ok(onDisk === (await file.render()), `${file.path} is stale: run npm run docs`);
  });
}
