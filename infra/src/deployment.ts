import { Annotations, type App, DefaultStackSynthesizer, type Stack, Tags } from 'aws-cdk-lib';
import { mapServices, type ServiceName } from '@tandem/contracts/topology';
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
  /** Directory of the Dockerfile. */
  readonly sources: string;
}

/** The stacks of a deployment, in the order in which they are deployed. */
export function createDeployment(
  app: App,
  stage: Stage,
  settings: Settings,
  { relayCode, sources }: Artifacts,
) {
  const common = (name: string) => ({
    settings,
    stackName: `tandem-${stage}-${name}`,
    env: { region: settings.region },
    synthesizer: new DefaultStackSynthesizer({ qualifier: settings.bootstrapQualifier }),
  });
  const id = (name: string) => `tandem-${stage}-${name}`;
  const network = new NetworkStack(app, id('network'), common('network'));
  const edge = new EdgeStack(app, id('edge'), { ...common('edge'), network });
  if (stage === 'production' && !settings.domain)
    Annotations.of(edge).addWarningV2(
      'tandem:domain',
      'Tokens and cart ids are sent unencrypted. Set domain.',
    );
  const events = new EventsStack(app, id('events'), common('events'));
  let previous: Stack = events;
  const contexts = mapServices((service) => {
    const context = new ContextStack(app, id(service), {
      ...common(service),
      service,
      network,
      edge,
      key: events.key,
      relayCode: relayCode(service),
      sources,
    });
    // A context is subscribed before the next one publishes its first event: Product before Cart.
    context.addStackDependency(previous);
    previous = context;
    return context;
  });
  const observability = new ObservabilityStack(app, id('observability'), {
    ...common('observability'),
    edge,
    key: events.key,
    contexts,
  });
  for (const stack of [network, edge, events, ...Object.values(contexts), observability]) {
    Tags.of(stack).add('tandem:stage', stage);
  }
  return { network, edge, events, contexts, observability };
}
