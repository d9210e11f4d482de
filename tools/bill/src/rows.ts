import { assumptions } from './assumptions.ts';
import { auditRows } from './audit-rows.ts';
import { dividedBy, figure, named, plus, times } from './formula.ts';
import type { Billed, Row } from './line.ts';
import { serviceMeasurement } from './measurement.ts';
import { HOURS, trafficRows } from './traffic-rows.ts';
import { tableRows } from './table-rows.ts';

/** What a deployment bills, row by row. */
export function rowsOf(billed: Billed): Row[] {
  return [
    ...taskRows(billed),
    ...trafficRows(billed),
    ...tableRows(billed),
    ...messagingRows(billed),
    ...observabilityRows(billed),
    ...auditRows(billed),
  ];
}

/** The tasks of each service, as many as its requests need. */
function taskRows({ facts, usage }: Billed): Row[] {
  return Object.entries(facts.services).map(([service, { vcpu, memoryGb, isArm }]): Row => {
    const hours = usage.taskHoursOf(service);
    const price = `fargate${isArm ? 'Arm' : 'X86'}`;
    return [
      'tasks',
      `Fargate, ${service}`,
      [times(hours, figure(vcpu, 'vCPU')), `${price}VcpuHour`],
      [times(hours, figure(memoryGb, 'GB')), `${price}GbHour`],
    ];
  });
}

/** Topics, queues and functions. Deliveries from SNS are assumed to be billed as SQS requests, which AWS does not document. */
function messagingRows({ facts, flows, pricing }: Billed): Row[] {
  const { topicsAndQueues, keys } = facts.encryption;
  const keyPeriods = dividedBy(times(HOURS, figure(3_600, 's/h')), figure(assumptions.dataKeySeconds, 's'));
  const principals = figure(2 * Object.keys(facts.relays).length);
  const keyCalls = named('KMS calls', times(figure(topicsAndQueues), principals, keyPeriods));
  const queues = [...flows.queues, ...flows.functionServices.flatMap((service) => service.queues)];
  const queueRequests = queues.flatMap(({ messages, receives, deletes, emptyReceives }) => [
    messages,
    receives,
    deletes,
    emptyReceives,
  ]);
  const gbSeconds = flows.functions.map(({ invocations, milliseconds, memoryGb }) =>
    times(invocations, figure(milliseconds / 1_000, 's'), figure(memoryGb, 'GB')),
  );
  const isArm = flows.functions.every((flow) => flow.isArm);
  return [
    ['messaging', 'SNS, publishes', [flows.publishes, 'snsRequest']],
    ['messaging', 'KMS, keys of topics and queues', [keyCalls, 'kmsRequest'], [figure(keys), 'kmsKey']],
    ['messaging', 'SQS', [plus(...queueRequests), 'sqsRequest']],
    [
      'functions',
      'Lambda, invocations',
      [plus(...flows.functions.map(({ invocations }) => invocations)), 'lambdaRequest'],
    ],
    [
      'functions',
      'Lambda, duration',
      [
        plus(...gbSeconds),
        isArm ? 'lambdaArmGbSecond' : 'lambdaX86GbSecond',
        pricing.freeTierOf('lambdaGbSeconds'),
      ],
    ],
  ];
}

/** Logs, metrics, alarms, dashboards, images and secrets. */
function observabilityRows({
  facts: { watch, services, tables, secrets, hostedZones, xrayShare },
  usage,
  flows,
  measured,
}: Billed): Row[] {
  const { alarmMetrics, compositeAlarms, contributorRules, dashboards, insightsClusters, scalingPolicies } =
    watch;
  const names = Object.keys(services);
  // Latency is a metric by route, whatever the status; other routes than those of the mix are assumed to be used each hour.
  const otherRoutes: Readonly<Record<string, number>> = assumptions.otherRoutes;
  const metrics = [
    ...names.map((service) =>
      plus(
        figure(serviceMeasurement(measured, service).customMetrics),
        figure(otherRoutes[service] ?? 0, 'other routes'),
      ),
    ),
    ...flows.functionServices.map(() => figure(assumptions.functionMetrics)),
  ];
  const capacities = tables
    .flatMap(({ read, write }) => [read, write])
    .filter(({ mode }) => mode === 'provisioned').length;
  // Of our own alarms, and of the alarms that target tracking policies create.
  const alarms = plus(
    figure(alarmMetrics, 'own'),
    times(figure(scalingPolicies, 'policies'), figure(assumptions.alarmsOfPolicy)),
    times(figure(capacities, 'capacities'), figure(assumptions.alarmsOfCapacity)),
  );
  const { cluster, service } = assumptions.containerInsights;
  const insights = times(figure(insightsClusters), plus(figure(cluster), figure(service)));
  const logs = plus(flows.logs.services, flows.logs.functions);
  const storedLogs = times(
    logs,
    figure(assumptions.logCompression),
    dividedBy(figure(watch.logRetentionDays, 'days'), figure(assumptions.daysOfMonth)),
  );
  return [
    ['observability', 'Logs', [logs, 'logsGb']],
    ['observability', 'Logs, storage', [named('GB of logs, compressed', storedLogs, 'GB'), 'logsStoredGb']],
    ['observability', 'Custom metrics', [plus(...metrics), 'customMetric']],
    ['observability', 'Alarms, by metric', [alarms, 'alarmMetric']],
    ['observability', 'Composite alarms', [figure(compositeAlarms), 'compositeAlarm']],
    ['observability', 'Dashboards', [figure(dashboards), 'dashboard']],
    [
      'observability',
      'Contributor Insights of tables',
      [figure(contributorRules, 'rules'), 'contributorInsightsRule'],
    ],
    ['observability', 'Container Insights', [insights, 'containerInsightsMetric']],
    ...(xrayShare === undefined
      ? []
      : [
          [
            'observability',
            'Traces recorded by X-Ray',
            [times(usage.requestCount, figure(xrayShare, 'sampled')), 'xrayTrace'],
          ] as const satisfies Row,
        ]),
    ['other', 'Images', [figure(assumptions.imagesGbPerService * names.length, 'GB'), 'ecrGb']],
    ['other', 'Secrets', [figure(secrets), 'secret']],
    ['other', 'Hosted zone of the domain', [figure(hostedZones), 'hostedZone']],
  ];
}
