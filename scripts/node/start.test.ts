import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';

const OWN = process.execPath;
const platform = `${process.platform}-${process.arch}`;
/** Prints what runs it, by whom, with which arguments, and what its children would find. */
const PROGRAM = `
  import { accessSync } from 'node:fs';
  const found = process.env.PATH.split(':').find((folder) => {
    try { accessSync(folder + '/node'); return true; } catch { return false; }
  });
  console.log(JSON.stringify({ by: process.env.BY ?? 'own', args: process.argv.slice(2), found, path: process.env.PATH, ppid: process.ppid }));`;

/** Makes the process that is begun with it believe that it is Node.js 20. */
const old = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });`;
const AS_OLD = ['--import', `data:text/javascript,${encodeURIComponent(old)}`];

interface Report {
  readonly by: string;
  readonly args: readonly string[];
  readonly found: string;
  readonly path: string;
  readonly ppid: number;
}

describe('the starter', { skip: process.platform === 'win32' && 'its stand-ins are shell scripts' }, () => {
  const root = mkdtempSync(join(tmpdir(), 'tandem-node-'));
  after(() => rmSync(root, { recursive: true }));
  cpSync(import.meta.dirname, join(root, 'scripts/node'), { recursive: true });
  writeFileSync(join(root, 'program.mjs'), PROGRAM);
  const modules = join(root, 'node_modules');
  const bin = join(modules, `node-${platform}`, 'bin');
  const headers = join(bin, '../include');
  const link = join(modules, '.bin/node');
  const empty = folder('empty');

  function folder(...path: readonly string[]): string {
    const made = join(root, ...path);
    mkdirSync(made, { recursive: true });
    return made;
  }
  /** A directory with a stand-in for Node.js of a version, which says that it ran. */
  function standIn(name: string, version: string, directory = folder(name)): string {
    const file = join(directory, 'node');
    const script = `[ "$1" = --version ] && echo ${version} && exit\nBY=${name} exec ${OWN} "$@"\n`;
    writeFileSync(file, `#!/bin/sh\n${script}`);
    chmodSync(file, 0o755);
    return file;
  }
  /** Installs the package with Node.js, with npm's link to it: `own` is the one of this test, else a stand-in. */
  function install(what: 'none' | 'own' | 'stand-in' | 'broken'): void {
    rmSync(modules, { recursive: true, force: true });
    if (what === 'none') return;
    for (const path of [bin, headers, dirname(link)]) mkdirSync(path, { recursive: true });
    if (what === 'own') symlinkSync(OWN, join(bin, 'node'));
    else standIn('package', what === 'broken' ? '' : 'v24.21.0', bin);
    if (what === 'broken') writeFileSync(join(bin, 'node'), '#!/nowhere/ld-linux.so\n');
    symlinkSync(join(bin, 'node'), link);
  }
  function run(setup: {
    own?: readonly string[];
    npm?: string;
    path?: readonly string[];
    args?: readonly string[];
  }) {
    const path = (setup.path ?? [empty]).join(delimiter);
    const env = { PATH: path, ...(setup.npm !== undefined && { npm_node_execpath: setup.npm }) };
    const args = [
      ...(setup.own ?? []),
      join(root, 'scripts/node'),
      ...(setup.args ?? ['program.mjs', 'a', '--b']),
    ];
    const { status, signal, stdout, stderr } = spawnSync(OWN, args, { cwd: root, env, encoding: 'utf8' });
    const report = () => JSON.parse(stdout || `{"by": ${JSON.stringify(stderr)}}`) as Report;
    return { status, signal, stdout, stderr, report };
  }
  const newer = standIn('newer', 'v26.1.0');
  const older = standIn('older', 'v20.20.2');

  it("runs a program in the machine's Node.js itself if that is new enough (security 7, 8)", () => {
    install('stand-in');
    const { by, args, ppid, found } = run({ npm: older, path: [empty, dirname(older)] }).report();
    assert.deepEqual([by, args, ppid, found], ['own', ['a', '--b'], process.pid, dirname(OWN)]);
    assert.ok(existsSync(headers), 'what is not needed is left alone');
  });

  it("leaves the package's Node.js for that of npm if that is new enough, and unlinks it (security 7, 8)", () => {
    install('own');
    const { by, args, found } = run({ npm: newer, path: [dirname(link), empty] }).report();
    assert.deepEqual([by, args, found, existsSync(link)], ['newer', ['a', '--b'], dirname(newer), false]);
  });

  it("stays with the package's Node.js on a machine with an older one, and removes the headers beside it", () => {
    install('own');
    const { by, found, ppid } = run({ npm: older, path: [dirname(link), dirname(older)] }).report();
    assert.deepEqual([by, found, ppid, existsSync(link)], ['own', dirname(link), process.pid, true]);
    assert.equal(existsSync(headers), false);
  });

  it('hands over from an older Node.js to that of npm, of the PATH, of the package, in this order', () => {
    install('stand-in');
    const own = AS_OLD;
    assert.equal(run({ own, npm: newer, path: [dirname(older)] }).report().by, 'newer');
    assert.ok(existsSync(headers));
    assert.equal(run({ own, npm: older, path: [dirname(older), dirname(newer)] }).report().by, 'newer');
    const { by, args, found } = run({ own, npm: older, path: [empty, dirname(older)] }).report();
    assert.deepEqual([by, args, found], ['package', ['a', '--b'], bin]);
    assert.equal(existsSync(headers), false);
  });

  it('puts its choice on the PATH where the first Node.js is: programs before it stay first', () => {
    install('stand-in');
    const { path } = run({ own: AS_OLD, path: [empty, dirname(older), '/bin'] }).report();
    assert.equal(path, [empty, bin, dirname(older), '/bin'].join(delimiter));
  });

  it('takes options of Node.js', () => {
    install('none');
    const { stdout } = run({ args: ['--eval', 'console.log(process.argv[1], process.version)', 'x'] });
    assert.equal(stdout, `x ${process.version}\n`);
  });

  it('says in one line what is needed if there is no Node.js to run with (security 8)', () => {
    const line = /^Tandem needs Node\.js 24 or newer: this is v[^\n]*npm ci again\.\n$/;
    for (const what of ['none', 'broken'] as const) {
      install(what);
      const { status, stdout, stderr } = run({ own: AS_OLD, npm: older });
      assert.deepEqual([status, stdout], [1, ''], what);
      assert.match(stderr, line);
    }
  });

  it('ends as the program does: by its exit code, its error or its signal', () => {
    install('stand-in');
    for (const own of [[], AS_OLD]) {
      writeFileSync(join(root, 'ends.mjs'), 'process.exitCode = 7;');
      assert.equal(run({ own, args: ['ends.mjs'] }).status, 7);
      writeFileSync(join(root, 'ends.mjs'), 'throw new Error("why");');
      assert.deepEqual(
        [run({ own, args: ['ends.mjs'] }).status, run({ own, args: ['none.mjs'] }).status],
        [1, 1],
      );
      for (const signal of ['SIGTERM', 'SIGKILL', 'SIGINT']) {
        writeFileSync(
          join(root, 'ends.mjs'),
          `process.kill(process.pid, '${signal}'); setInterval(() => {}, 1000);`,
        );
        assert.equal(run({ own, args: ['ends.mjs'] }).signal, signal);
      }
    }
  });

  it('passes on the signals that stop a process', async () => {
    install('stand-in');
    writeFileSync(
      join(root, 'stops.mjs'),
      `for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => { console.log(signal); process.exit(0); });
       setInterval(() => {}, 1000);
       console.log('ready');`,
    );
    for (const own of [[], AS_OLD])
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
        const args = [...own, join(root, 'scripts/node'), 'stops.mjs'];
        const starter = spawn(OWN, args, {
          cwd: root,
          env: { PATH: empty },
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        let output = '';
        starter.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
        await once(starter.stdout, 'data');
        starter.kill(signal);
        assert.deepEqual([...(await once(starter, 'close')), output], [0, null, `ready\n${signal}\n`]);
      }
  });
});
