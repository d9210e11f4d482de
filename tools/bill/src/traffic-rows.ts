import { assumptions } from './assumptions.ts';
import { atLeast, BYTES_PER_GB, dividedBy, type Figure, figure, named, plus, times } from './formula.ts';
import type { Billed, Row } from './line.ts';
import { serviceMeasurement } from './measurement.ts';
import type { PhaseUsage } from './usage.ts';

/** Hours of the month. */
export const HOURS = figure(assumptions.hours, 'h');

/** The load balancer with its addresses and logs, the firewall, and the traffic of the internet and of tasks. */
export function trafficRows(billed: Billed): Row[] {
  const { balancers, distributions = 0, firewalls, network } = billed.facts;
  const { usage } = billed;
  const hours = (count: number) => times(figure(count), HOURS);
  const unitHours = usage.overPhases((phase) =>
    times(phase.hours, capacityUnits(phase, usage.scenario.requestsPerConnection, balancers.idleSeconds)),
  );
  const responses = dividedBy(
    usage.total((consumption) => consumption.responseBytes),
    BYTES_PER_GB,
  );
  const logged = times(
    dividedBy(times(usage.requestCount, figure(assumptions.accessLogBytes, 'bytes')), BYTES_PER_GB),
    dividedBy(figure(balancers.accessLogDays ?? 0, 'days'), figure(assumptions.daysOfMonth)),
  );
  const logFiles = times(hours(assumptions.accessLogFilesPerHour), figure(balancers.nodes));
  const { natGateways, addresses, endpointZones, flowLogs } = network;
  const called = named('GB of SQS calls and logs', callBytes(billed), 'GB');
  const throughNat = natGateways > 0 ? called : figure(0);
  // With one gateway, half of the tasks are in the other zone; cross-zone traffic is billed in both directions.
  const crossing = natGateways === 1 ? times(called, dividedBy(figure(1), figure(2)), figure(2)) : figure(0);
  return [
    ['edge', 'Load balancer', [hours(balancers.count), 'albHour']],
    ['edge', 'Load balancer, capacity units', [unitHours, 'albLcuHour']],
    ['edge', 'Public IPv4 of the load balancer', [hours(balancers.publicAddresses), 'publicIpv4Hour']],
    ...transferRows(named('GB of responses', responses, 'GB'), usage.requestCount, distributions > 0),
    [
      'edge',
      'Access logs in S3',
      // CloudFront writes logs of its own, with the same requests.
      [times(named('GB of access logs', logged, 'GB'), figure(1 + distributions)), 's3StoredGb'],
      [named('files', logFiles), 's3Put'],
    ],
    [
      'edge',
      'Web application firewall',
      [figure(firewalls.count), 'wafAcl'],
      [figure(firewalls.rules), 'wafRule'],
      [figure(usage.requestCount.value), 'wafRequest'],
    ],
    ['network', 'NAT gateway', [hours(natGateways), 'natHour']],
    ['network', 'NAT gateway, SQS calls and logs', [throughNat, 'natGb']],
    ['network', 'Cross-zone traffic to the NAT gateway', [crossing, 'crossZoneGb']],
    ['network', 'Public IPv4 of the NAT gateway', [hours(addresses), 'publicIpv4Hour']],
    ['network', 'Interface endpoints', [hours(endpointZones), 'endpointHour'], [called, 'endpointGb']],
    [
      'network',
      'Flow log of rejected connections',
      [times(figure(flowLogs), figure(assumptions.flowLogGb, 'GB')), 'vendedLogsToS3Gb'],
    ],
  ];
}

/**
 * What clients receive. CloudFront bills each request, cached or not, and the load balancer sends to it for nothing. What its cache saves
 * is left out: [decision 071](../../../docs/decisions/071-cloudfront-as-a-setting.md) has the figures.
 */
function transferRows(responses: Figure, requestCount: Figure, isDistributed: boolean): Row[] {
  if (!isDistributed) return [['edge', 'Data transfer to the internet', [responses, 'internetOutGb']]];
  return [
    ['edge', 'CloudFront, requests', [requestCount, 'cloudFrontRequest']],
    ['edge', 'CloudFront, data transfer', [responses, 'cloudFrontOutGb']],
  ];
}

/** Load balancer capacity units: the maximum of new connections, active connections and bytes. Up to ten rules are free. */
function capacityUnits(phase: PhaseUsage, requestsPerConnection: number, idleSeconds: number): Figure {
  const connections = dividedBy(figure(phase.perSecond, '/s'), figure(requestsPerConnection));
  // A keep-alive connection stays open until the idle timeout.
  const openSeconds = figure(60 + (requestsPerConnection > 1 ? idleSeconds : 0), 's');
  const bytes = phase.rate((consumption) => consumption.requestBytes + consumption.responseBytes, 'bytes/s');
  return atLeast(
    dividedBy(connections, figure(25)),
    dividedBy(times(connections, openSeconds), figure(3_000)),
    dividedBy(times(bytes, figure(3_600, 's/h')), BYTES_PER_GB),
  );
}

/** Traffic of tasks with SQS and CloudWatch Logs in GB. Tables have a gateway endpoint. */
function callBytes({ flows, measured }: Billed): Figure {
  const calls = flows.queues.map(({ consumer, receives, emptyReceives }) => {
    const { receiveBytes, emptyReceiveRequestBytes } = serviceMeasurement(measured, consumer);
    const emptyBytes = emptyReceiveRequestBytes + assumptions.emptyResponseBytes;
    return plus(
      times(receives, figure(receiveBytes, 'bytes')),
      times(emptyReceives, figure(emptyBytes, 'bytes')),
    );
  });
  return plus(dividedBy(plus(...calls), BYTES_PER_GB), flows.logs.services);
}
