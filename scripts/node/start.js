/**
 * What every npm script begins with. Plain JavaScript for Node.js 20, which cannot read the rest of the checkout.
 * See docs/decisions/060-install-scripts-and-runtime.md.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, realpathSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const OLDEST = 24;
const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));
const isWindows = process.platform === 'win32';
const NAME = isWindows ? 'node.exe' : 'node';

/**
 * Runs a program with its arguments, which options of Node.js may precede, by the machine's Node.js if that is new enough, and by
 * the one of the packages otherwise; the program's own children find the same one first on the PATH. Runs it in this process if
 * it can, or else ends as the program ends: by its exit code or its signal. Prints a line, and sets exit code 1, if there is
 * no Node.js to run it.
 * @param {readonly string[]} args
 */
export async function start(args) {
  const packaged = packagedNode();
  const isPackaged = packaged !== undefined && isSame(packaged, process.execPath);
  const machine = machineNode(packaged && realpathSync(packaged));
  if (machine === undefined && packaged) removeHeaders(packaged);
  // Of a machine that was older when its packages were installed.
  if (machine !== undefined && isPackaged) unlinkPackaged();
  const node = machine ?? packaged;
  if (node === undefined) return printMissing('the packages have none');
  putFirstOnPath(node);
  const [program = ''] = args;
  if (!isSame(node, process.execPath) || program === '' || program.startsWith('-'))
    return handOver(node, args);
  process.argv.splice(1, process.argv.length - 1, resolve(program), ...args.slice(1));
  await import(pathToFileURL(resolve(program)).href);
}

/** The binary of the package for this platform, if npm installed it. */
function packagedNode() {
  const platform = `${isWindows ? 'win' : process.platform}-${process.arch}`;
  const names = [`node-${platform}`, `node-bin-${platform}`].map((name) => join(MODULES, name, 'bin', NAME));
  return names.find((file) => existsSync(file));
}

/**
 * The machine's Node.js, if it is new enough: the one that runs this, or else npm's, or another one of the PATH.
 * @param {string | undefined} packaged the one that does not count
 */
function machineNode(packaged) {
  const own = realpathSync(process.execPath);
  if (own !== packaged && Number.parseInt(process.versions.node, 10) >= OLDEST) return process.execPath;
  const { npm_node_execpath: npmNode = '' } = process.env;
  const known = new Set([own, packaged, '']);
  for (const file of [npmNode, ...folders().map((folder) => join(folder, NAME))]) {
    const real = existsSync(file) ? realpathSync(file) : '';
    if (known.has(real)) continue;
    known.add(real);
    if (majorOf(file) >= OLDEST) return file;
  }
  return undefined;
}

/** The major version of a Node.js; 0 if it does not run. @param {string} node */
function majorOf(node) {
  const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8', timeout: 5000 });
  return Number(/^v(\d+)\./.exec(stdout ?? '')?.[1] ?? 0);
}

/** Whether both are one file, by whatever links. @param {string} one @param {string} other */
function isSame(one, other) {
  return existsSync(one) && realpathSync(one) === realpathSync(other);
}

/** Directories of the PATH in which programs are looked for. */
function folders() {
  return (process.env.PATH ?? '').split(delimiter).filter(Boolean);
}

/**
 * Puts the directory of a Node.js before the first one that has another, and so before as few other programs as can be.
 * @param {string} node
 */
function putFirstOnPath(node) {
  const all = folders();
  const names = isWindows ? [NAME, 'node.cmd'] : [NAME];
  const first = all.findIndex((folder) => names.some((name) => existsSync(join(folder, name))));
  if (isSame(join(all[first] ?? '', NAME), node)) return;
  all.splice(first < 0 ? all.length : first, 0, dirname(node));
  process.env.PATH = all.join(delimiter);
}

/** Runs a Node.js beside this process, which passes on every signal, and then ends as that did. */
function handOver(node, args) {
  const child = spawn(node, args, { stdio: 'inherit' });
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']);
  // Windows sends Ctrl-C to every process of a console, and knows no other signal but the end of a process.
  for (const signal of signals) process.on(signal, () => isWindows || child.kill(signal));
  child.on('error', ({ message }) => printMissing(`another one does not run (${message})`));
  child.on('exit', (code, signal) => {
    if (code !== null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
    setTimeout(() => process.exit(128 + constants.signals[signal]), 1000);
  });
}

/** Removes the C++ headers beside the package's Node.js, which are a third of it and of no use here. */
function removeHeaders(packaged) {
  const headers = join(dirname(packaged), '../include');
  if (existsSync(headers)) remove(headers);
}

/** Removes npm's link to the package's Node.js, which stands before the machine's on the PATH of every npm script. */
function unlinkPackaged() {
  for (const name of ['node', 'node.cmd', 'node.ps1']) remove(join(MODULES, '.bin', name));
}

/** Removes what is only in the way: where that cannot be written, or another process was faster, it stays. */
function remove(path) {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {}
}

/** @param {string} why */
function printMissing(why) {
  const platform = `${process.platform}-${process.arch}`;
  console.error(
    `Tandem needs Node.js ${OLDEST} or newer: this is ${process.version}, and ${why} for ${platform}. ` +
      'Install it (https://nodejs.org), or run npm ci again.',
  );
  process.exitCode = 1;
}
