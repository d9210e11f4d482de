import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '@tandem/chassis/config';
import { serviceNames, type TableName, topology } from '@tandem/contracts/topology';
import { services } from '@tandem/local/services';
import { environmentOf } from '@tandem/runtime/define-service';
import { environmentFor } from './bundles.ts';

test('the load test configures the bundle of every service of the topology', () => {
  const tableNames = Object.values(topology.services).flatMap(({ table }) => table ?? []);
  const tables = {
    endpoint: 'http://127.0.0.1:8000',
    names: Object.fromEntries(tableNames.map((name) => [name, name])) as Record<TableName, string>,
  };
  for (const name of serviceNames) {
    const text = JSON.stringify(environmentFor(name, tables, '{}'));
    const environment = JSON.parse(
      text.replaceAll('$HOST', '127.0.0.1').replaceAll(/\$\w+_PORT/g, '80'),
    ) as Record<string, string>;
    assert.doesNotThrow(() => readConfig(environmentOf(services[name]), environment), name);
  }
});
