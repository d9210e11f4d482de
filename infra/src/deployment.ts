import { Annotations, type App, DefaultStackSynthesizer, Tags } from 'aws-cdk-lib';
import type { ServiceName } from '@tandem/contracts/topology';
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
  /** Directories of the relays' bundles. */
  readonly relays: Readonly<Record<ServiceName, string>>;
  /** Directory of the Dockerfile. */
  readonly sources: string;
}

/** The stacks of a deployment, in the order in which they are deployed. */
export function createDeployment(app: App, stage: Stage, settings: Settings, { relays, sources }: Artifacts) {
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
  const context = (service: ServiceName) =>
    new ContextStack(app, id(service), {
      ...common(service),
      service,
      network,
      edge,
      key: events.key,
      relayCode: relays[service],
      sources,
    });
  const product = context('product');
  const cart = context('cart');
  product.addStackDependency(events);
  // Product must be subscribed before the first cart event is published.
  cart.addStackDependency(product);
  const observability = new ObservabilityStack(app, id('observability'), {
    ...common('observability'),
    edge,
    key: events.key,
    contexts: { product, cart },
  });
  for (const stack of [network, edge, events, product, cart, observability]) {
    Tags.of(stack).add('tandem:stage', stage);
  }
  return { network, edge, events, product, cart, observability };
}
