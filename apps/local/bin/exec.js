#!/usr/bin/env node
// For Windows, whose shell knows no `exec`: runs a command and ends as it does. Elsewhere the shell's own comes first.
import { spawn } from 'node:child_process';

const [command = '', ...args] = process.argv.slice(2);
spawn(command, args, { stdio: 'inherit', shell: true }).on('exit', (code) => process.exit(code ?? 1));
