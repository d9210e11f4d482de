/** Runs a whole system in this process, and sends its URLs to the parent. */
import { configOrExit } from '@tandem/chassis/config';
import { runUntilStopped } from '@tandem/chassis/lifecycle';
import { localConfig } from '@tandem/local/config';
import { endWithParent } from '@tandem/local/processes/with-parent';
import { startSystem } from '@tandem/local/system/start';
import { openSqlite } from '@tandem/storage/sqlite';
import { openDynamo } from '../dynamodb.ts';
import { tablesIn } from '../service-environment.ts';
import { discardOutput } from '../discard-output.ts';
import { withRelayLag } from '../relay-lag.ts';

const tables = tablesIn(process.env);

endWithParent();
discardOutput();
await runUntilStopped(async () => {
  const system = await startSystem(configOrExit(localConfig, process.env), {
    openStore: (service) =>
      withRelayLag(tables ? openDynamo(tables, service) : openSqlite(':memory:'), service, (lag) =>
        process.send?.(lag),
      ),
  });
  process.send?.({ urls: system.urls });
  return system;
});
