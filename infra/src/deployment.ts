import { type App, DefaultStackSynthesizer, type Stack, Tags } from 'aws-cdk-lib';
import type { RunsAs } from '@tandem/contracts/topology-types';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import { BackupStack } from './backup.ts';
import { DataStack } from './context/data-stack.ts';
import { ContextStack } from './context/stack.ts';
import { EdgeStack } from './edge.ts';
import { EventsStack } from './events.ts';
import { NetworkStack } from './network.ts';
import { ObservabilityStack } from './observability/stack.ts';
import type { Settings } from './settings.ts';

/** A deployment of the system. */
export type Stage = 'staging' | 'production';

/** Build artifacts to deploy. */
export interface Artifacts {
  /** Directory of the bundle of a service's relay. */
  readonly relayCode: (service: ServiceName) => string;
  /** Directory of the bundle of a service that runs as functions. */
  readonly functionCode: (service: ServiceName) => string;
  /** Directory of the bundle of the test of a deployment. */
  readonly testCode: string;
  /** Directory of the bundle of the probe. */
  readonly probeCode: string;
  /** Directory of the Dockerfile. */
  readonly sources: string;
}

/** The stacks of the services of a deployment, in the order in which they are deployed. */
export type Contexts = ReadonlyMap<ServiceName, ContextStack>;

/** The stacks of a deployment, in the order in which they are deployed. `runsAsOf`: how a service runs; default: as in the topology. */
export function createDeployment(
  app: App,
  stage: Stage,
  settings: Settings,
  { relayCode, functionCode, testCode, probeCode, sources }: Artifacts,
  runsAsOf: (service: ServiceName) => RunsAs = (service) => topology.services[service].runsAs,
) {
  const id = (name: string) => `tandem-${stage}-${name}`;
  const common = (name: string) => ({
    settings,
    stackName: id(name),
    env: { region: settings.region, ...(settings.account !== undefined && { account: settings.account }) },
    terminationProtection: stage === 'production',
    synthesizer: new DefaultStackSynthesizer({ qualifier: settings.bootstrapQualifier }),
  });
  const network = new NetworkStack(app, id('network'), common('network'));
  const edge = new EdgeStack(app, id('edge'), { ...common('edge'), network });
  const events = new EventsStack(app, id('events'), common('events'));
  const data = new Map<ServiceName, DataStack>();
  for (const service of settings.services) {
    const stack = new DataStack(app, id(`${service}-data`), {
      ...common(`${service}-data`),
      service,
      runsAs: runsAsOf(service),
      key: events.key,
    });
    stack.addStackDependency(events);
    data.set(service, stack);
  }
  const backup =
    settings.backup &&
    new BackupStack(app, id('backup'), {
      ...common('backup'),
      settings: { ...settings, backup: settings.backup },
      key: events.key,
    });
  for (const stack of data.values()) backup?.addStackDependency(stack);
  const contexts = new Map<ServiceName, ContextStack>();
  // One after another: Cart is ready once Product has answered its request of the catalog.
  let previous: Stack | undefined;
  for (const service of settings.services) {
    const context = new ContextStack(app, id(service), {
      ...common(service),
      service,
      runsAs: runsAsOf(service),
      network,
      edge,
      key: events.key,
      outbox: data.get(service)?.outbox,
      relayCode: relayCode(service),
      functionCode: functionCode(service),
      testCode,
      sources,
    });
    // All queues are subscribed before the first event is published.
    for (const stack of data.values()) context.addStackDependency(stack);
    if (previous) context.addStackDependency(previous);
    previous = context;
    contexts.set(service, context);
  }
  const observability = new ObservabilityStack(app, id('observability'), {
    ...common('observability'),
    stackPrefix: id(''),
    probeCode,
    network,
    edge,
    key: events.key,
    contexts,
  });
  const shared = [network, edge, events, ...(backup ? [backup] : []), observability];
  for (const stack of [...shared, ...data.values(), ...contexts.values()])
    Tags.of(stack).add('tandem:stage', stage);
  for (const [service, stack] of [...data, ...contexts]) Tags.of(stack).add('tandem:service', service);
  return { network, edge, events, data, backup, contexts, observability };
}
