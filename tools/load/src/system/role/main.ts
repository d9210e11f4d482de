/** One process of a system under load. On DynamoDB a service process runs the bundle that runs on AWS, and nothing else. */
import { serviceIn, tablesIn } from '../service-environment.ts';
import { untilReady } from '../until-ready.ts';
import { discardOutput } from '../discard-output.ts';

const role = process.argv[2];
const tables = tablesIn(process.env);

process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
discardOutput();
if (tables && (role === 'product' || role === 'cart')) {
  const { main, environment } = serviceIn(process.env, role);
  Object.assign(process.env, environment);
  void untilReady(`http://${process.env['HOST']}:${environment.PORT}`).then(() => process.send?.('ready'));
  await import(main);
} else {
  const { run } = await import('./run.ts');
  await run(role, tables, process.env);
}
