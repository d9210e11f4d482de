import { CrossStackReferences, ReferenceStrength, Stack, type StackProps } from 'aws-cdk-lib';
import * as budgets from 'aws-cdk-lib/aws-budgets';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { ServiceName } from '@tandem/contracts/topology';
import type { Construct } from 'constructs';
import { metricsNamespace } from '../context/environment.ts';
import type { Contexts } from '../deployment.ts';
import type { EdgeStack } from '../edge.ts';
import { CLOUDFRONT_REGION } from '../distribution-setting.ts';
import { namesIn } from '../names.ts';
import type { NetworkStack } from '../network.ts';
import type { Settings } from '../settings.ts';
import { contextAlarms } from './alarms.ts';
import { balancerAlarm, distributionAlarm } from './balancer-alarm.ts';
import { createAlarms } from './create-alarms.ts';
import { createEventRules } from './event-rules.ts';
import { addFlowDashboard } from './flow-dashboard.ts';
import { throttledFunctionsAlarm } from './function-alarms.ts';
import { type CapacityLimits, createMetrics } from './metrics.ts';
import { natAlarms } from './network-alarm.ts';
import { openDashboard } from './open-dashboard.ts';
import { operatorTopics } from './operator-topics.ts';
import { probeAlarms } from './probe-alarms.ts';
import { createProbe, probeMinutes } from './probe.ts';
import { addService } from './service-dashboard.ts';
import { trafficMetrics } from './traffic-metrics.ts';

export interface ObservabilityProps extends StackProps {
  readonly settings: Settings;
  /** What the names of all stacks of the stage begin with. */
  readonly stackPrefix: string;
  readonly network: NetworkStack;
  readonly edge: EdgeStack;
  readonly key: IKey | undefined;
  readonly contexts: Contexts;
  /** Directory of the bundle of the probe. */
  readonly probeCode: string;
}

/** Alarms, the topics that notify operators, dashboards, and the budget. */
export class ObservabilityStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { settings, stackPrefix, network, edge, key, contexts, probeCode, ...props }: ObservabilityProps,
  ) {
    super(scope, id, props);
    // Nothing may keep a service from being changed or destroyed because it is observed.
    CrossStackReferences.of(this).consume(ReferenceStrength.WEAK);
    const names = namesIn(this, settings.namePrefix);
    const namespace = metricsNamespace(settings.namePrefix);
    const mappingOf = (service: ServiceName) => {
      const relay = contexts.get(service)?.relay;
      if (!relay) throw new TypeError(`${service} has no relay`);
      return relay.mapping.eventSourceMappingId;
    };
    const metrics = createMetrics({ names, mappingOf, namespace });

    const everyMinutes = probeMinutes(settings);
    if (everyMinutes !== undefined)
      createProbe(this, { settings, names, key, code: probeCode, url: edge.url, everyMinutes });
    const { loadBalancerFullName } = edge.loadBalancer;
    const topics = operatorTopics(this, { settings, names, key });
    const specs = [
      ...[...contexts].flatMap(([service, { functions, traffic }]) =>
        contextAlarms(service, {
          metrics,
          tasks: functions ? undefined : settings.tasks,
          traffic: traffic && trafficMetrics(traffic),
          limits: capacityLimits(settings.capacity),
          deployed: [...contexts.keys()],
        }),
      ),
      balancerAlarm(loadBalancerFullName),
      ...(edge.distributionId !== undefined && settings.region === CLOUDFRONT_REGION
        ? [distributionAlarm(edge.distributionId)]
        : []),
      ...(everyMinutes === undefined ? [] : probeAlarms(everyMinutes, metrics, loadBalancerFullName)),
      ...(hasFunctions(contexts) || everyMinutes !== undefined ? [throttledFunctionsAlarm(metrics)] : []),
      ...natAlarms(network.natGatewayIds, metrics),
    ];
    const alarms = createAlarms(this, specs, { names, topics, runbookUrl: settings.runbookUrl });

    const tasks = [...contexts].flatMap(([service, context]) => (context.tasks ? [service] : []));
    createEventRules(this, { names, topics, stackPrefix, tasks, settings });

    const events = addFlowDashboard(this, { names, namespace, contexts, alarms });
    for (const [service, context] of contexts) {
      // A fourth dashboard costs $3 a month, more than a service that runs as functions may cost at one request a second.
      const dashboard = context.functions
        ? events
        : openDashboard(this, names.of(`tandem-${service}`), namespace);
      addService(dashboard, { service, metrics, context, settings });
    }
    if (settings.budgetUsd !== undefined) addBudget(this, settings.budgetUsd, topics.ticket);
  }
}

/** Relays are functions, too. */
function hasFunctions(contexts: Contexts): boolean {
  return [...contexts.values()].some(({ relay, functions }) => relay ?? functions);
}

/** Limits of each table: on demand, or those of auto scaling. */
function capacityLimits(capacity: Settings['capacity']): CapacityLimits {
  return capacity.mode === 'onDemand'
    ? { reads: capacity.maxReadUnits, writes: capacity.maxWriteUnits }
    : { reads: capacity.maxUnits, writes: capacity.maxUnits };
}

function addBudget(stack: Stack, amount: number, topic: sns.ITopic): void {
  const notificationAt = (notificationType: string, threshold: number) => ({
    notification: {
      notificationType,
      threshold,
      comparisonOperator: 'GREATER_THAN',
      thresholdType: 'PERCENTAGE',
    },
    subscribers: [{ subscriptionType: 'SNS', address: topic.topicArn }],
  });
  new budgets.CfnBudget(stack, 'Budget', {
    budget: { budgetType: 'COST', timeUnit: 'MONTHLY', budgetLimit: { amount, unit: 'USD' } },
    notificationsWithSubscribers: [notificationAt('ACTUAL', 80), notificationAt('FORECASTED', 100)],
  });
}
