/** `npx cdk`: the command line of the CDK, with the packages of `infra`, which are installed if they are missing. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { INFRA, install } from './packages.ts';

install(INFRA);
const cdk = join(import.meta.dirname, '../../..', INFRA, 'node_modules/aws-cdk/bin/cdk');
spawn(process.execPath, [cdk, ...process.argv.slice(2)], { stdio: 'inherit' }).on('exit', (code) => {
  process.exitCode = code ?? 1;
});
