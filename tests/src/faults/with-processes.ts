import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '@tandem/chassis/config';
import { anyPorts, type LocalConfig, localConfig } from '@tandem/local/config';
import { type Processes, startProcesses } from '@tandem/local/processes/supervisor';
import { client } from '../support/http.ts';
import { deadLetters } from '../support/queues.ts';
import { until } from '../support/until.ts';

/** Node.js options of the container image. */
const AS_ON_AWS = '--max-old-space-size=320 --max-semi-space-size=16';

/** Configuration of a separate system on free ports; without a directory its state is in memory. */
export function configOfDrill(directory?: string): LocalConfig {
  return readConfig(localConfig, {
    ...anyPorts,
    ...(directory === undefined ? { EPHEMERAL: '1' } : { DATA_DIR: directory }),
    SEED: '0',
    LOG_LEVEL: 'silent',
  });
}

/** Runs a drill on a system in processes, with its state in a directory; fails if there is a dead letter. */
export async function withProcesses(
  use: (system: Processes, api: ReturnType<typeof client>, directory: string) => Promise<void>,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'tandem-drill-'));
  const system = await startProcesses(configOfDrill(directory), {
    environment: { PATH: process.env['PATH'], NODE_OPTIONS: AS_ON_AWS },
  });
  try {
    await until(
      async () => (await fetch(`${system.urls.gateway}/health`)).status,
      (status) => status === 200,
    );
    await use(system, client(system.urls.gateway), directory);
    assert.equal(await deadLetters(system.urls.aws), 0);
  } finally {
    await system.stop();
    await rm(directory, { recursive: true, force: true });
  }
}
