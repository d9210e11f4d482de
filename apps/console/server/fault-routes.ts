import type { App } from '@tandem/chassis/http/types';
import type { ServiceName, Topology } from '@tandem/contracts/topology';
import { z } from 'zod';
import type { SystemFaults } from './faults.ts';
import type { Kills } from './kills.ts';
import type { History } from './metrics-history.ts';
import { canOccur, faultNames } from './protocol.ts';

export interface FaultOptions {
  readonly topology: Topology;
  readonly faults: SystemFaults;
  readonly kills: Pick<Kills, 'add'>;
  readonly history: Pick<History, 'mark'>;
  readonly kill: (service: ServiceName) => void;
  /** Called after each change. */
  readonly onChange: () => void;
}

const operator = { scope: 'operator' };

/** Operator routes that inject faults. */
export function registerFaults(app: App, options: FaultOptions): void {
  const { topology, faults, kills, history, kill, onChange } = options;
  const service = z.enum(Object.keys(topology.services) as ServiceName[]);
  const faultBody = z
    .strictObject({ fault: z.enum(faultNames), service, isOn: z.boolean() })
    .refine((fault) => canOccur(fault, topology), 'The service has no part that this fault affects.');

  app.post('/faults', { config: operator, schema: { body: faultBody } }, async ({ body }, reply) => {
    const { fault, service, isOn } = body;
    const remaining = faults.list().filter((active) => active.fault !== fault || active.service !== service);
    await faults.replace(isOn ? [...remaining, { fault, service }] : remaining);
    history.mark({ service, action: fault, isOn });
    onChange();
    return reply.code(204).send();
  });
  app.post(
    '/kill',
    { config: operator, schema: { body: z.strictObject({ service }) } },
    async ({ body: { service } }, reply) => {
      kill(service);
      kills.add(service);
      history.mark({ service, action: 'kill' });
      onChange();
      return reply.code(202).send();
    },
  );
}
