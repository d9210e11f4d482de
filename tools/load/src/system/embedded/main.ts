/** A whole system in this process, which tells its parent where it is. */
import { configOrExit } from '@tandem/chassis/config';
import { runUntilStopped } from '@tandem/chassis/lifecycle';
import { localConfig } from '@tandem/local/config';
import { endWithParent } from '@tandem/local/processes/with-parent';
import { startSystem } from '@tandem/local/system/start';
import { openSqlite } from '@tandem/storage/sqlite';
import { openDynamo } from '../dynamodb.ts';
import { tablesIn } from '../service-environment.ts';
import { writeToNobody } from '../write-to-nobody.ts';
import { watched } from '../watched.ts';

const tables = tablesIn(process.env);

endWithParent();
writeToNobody();
await runUntilStopped(async () => {
  const system = await startSystem(configOrExit(localConfig, process.env), {
    openStore: (service) =>
      watched(tables ? openDynamo(tables, service) : openSqlite(':memory:'), service, (lag) =>
        process.send?.(lag),
      ),
  });
  process.send?.({ urls: system.urls });
  return system;
});
