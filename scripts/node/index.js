/** `node scripts/node [OPTION of Node.js…] PROGRAM [ARGUMENT…]`: runs a program of this checkout with a Node.js that is new enough. */
import { start } from './start.js';

await start(process.argv.slice(2));
