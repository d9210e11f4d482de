import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readBenchArguments } from './arguments.ts';
import { routeIds } from './routes.ts';

const read = (...args: string[]) => readBenchArguments(args);
const peer = (text: string) => read('--peer', text).peers;

test('by default all routes are measured saturated, in nine rounds, and nothing is saved', () => {
  const { rounds, load, routes, peers, isSaved } = read();
  assert.deepEqual(load, { cpuMs: 800, connections: 16 });
  assert.deepEqual([rounds, routes, peers, isSaved], [9, routeIds, [], false]);
});

test('a rate replaces the saturated load, and their options exclude each other', () => {
  assert.deepEqual(read('--rate', '17').load, { perSecond: 17, seconds: 10 });
  assert.deepEqual(read('--rate', '83', '--seconds', '30').load, { perSecond: 83, seconds: 30 });
  assert.throws(() => read('--seconds', '30'), /set --rate/);
  assert.throws(() => read('--rate', '17', '--cpu-ms', '400'), /set --seconds instead/);
});

test('events are measured instead of routes, and not saved', () => {
  assert.equal(read().isEvents, false);
  assert.equal(read('--events', '--rounds', '6').isEvents, true);
  for (const other of [['--routes', 'add'], ['--rate', '17'], ['--cpu-ms', '800'], ['--save']])
    assert.throws(() => read('--events', ...other), /--events/, other[0]);
});

test('routes are chosen by name, and an unknown one is answered with those that exist', () => {
  assert.deepEqual(read('--routes', 'add,cart').routes, ['add', 'cart']);
  assert.throws(() => read('--routes', 'add,carts'), /"carts" is unknown: use add, cart, add-1/);
});

test('a peer is an API, a URL on this machine and the id of a process that runs', () => {
  const url = 'http://127.0.0.1:9001';
  assert.deepEqual(peer(`retail-cart,${url}/,${process.pid}`), [
    { api: 'retail-cart', url, pid: process.pid },
  ]);
  assert.equal(
    read('--peer', `tandem,${url},${process.pid}`, '--peer', `tandem,${url},${process.ppid}`).peers.length,
    2,
  );
  assert.deepEqual([read().warmUp, read('--peer', `tandem,${url},${process.pid}`).warmUp], [5_000, 20_000]);
  assert.throws(() => peer(url), /is not API,URL,PID: use for example retail-cart,/);
  assert.throws(() => peer(`retail-cart,${url}`), /is not API,URL,PID/);
  assert.throws(() => peer(`shop,${url},${process.pid}`), /"shop" is unknown: use tandem, retail-cart, /);
  assert.throws(() => peer(`retail-cart,https://shop.example.com,${process.pid}`), /start it here/);
  assert.throws(() => peer(`retail-cart,${url},self`), /--peer PID "self" is not an integer/);
  assert.throws(
    () => peer(`retail-cart,${url},4194304`),
    /no process 4194304: use the id of the server's own/,
  );
});

test('rounds that are too few or too short for a verdict are rejected', () => {
  assert.throws(() => read('--rounds', '5'), /--rounds "5" is not an integer from 6/);
  assert.throws(() => read('--cpu-ms', '100'), /--cpu-ms "100" is not an integer from 300/);
  assert.throws(() => read('--dynamodb', 'localhost'), /not an http URL/);
  assert.throws(() => read('--help'), /^Error: Benchmark: /);
});
