#!/usr/bin/env node
// Runs src/main.ts with a Node.js that is new enough.
import { fileURLToPath } from 'node:url';
import { start } from '../../../scripts/node/start.js';

await start([fileURLToPath(new URL('../src/main.ts', import.meta.url)), ...process.argv.slice(2)]);
