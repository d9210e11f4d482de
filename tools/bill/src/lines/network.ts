import { assumptions } from '../assumptions.ts';
import { atLeast, BYTES_PER_GB, dividedBy, type Figure, figure, plus, times } from '../formula.ts';
import { type Billed, line, type Line } from '../line.ts';
import { serviceMeasurement } from '../measurement.ts';
import type { PhaseUsage, Quantity } from '../usage.ts';

const HOURS = figure(assumptions.hours, 'h');
const responseBytes: Quantity = (consumption) => consumption.responseBytes;

/** Lines of the load balancer, its addresses and logs, the firewall, and traffic to the internet. */
export function edgeLines({ facts, usage, pricing }: Billed): Line[] {
  const { count, publicAddresses, idleSeconds, accessLogDays, nodes } = facts.balancers;
  const unitHours = usage.overPhases((phase) =>
    times(phase.hours, capacityUnits(phase, usage.scenario.requestsPerConnection, idleSeconds)),
  );
  const out = dividedBy(usage.total(responseBytes), BYTES_PER_GB);
  const lines = [
    line('edge', 'Load balancer', pricing.costOf(times(figure(count), HOURS), 'albHour')),
    line('edge', 'Load balancer, capacity units', pricing.costOf(unitHours, 'albLcuHour')),
    line(
      'edge',
      'Public IPv4 of the load balancer',
      pricing.costOf(times(figure(publicAddresses), HOURS), 'publicIpv4Hour'),
    ),
    line('edge', 'Data transfer to the internet', pricing.costOf(figure(out.value, 'GB'), 'internetOutGb'), {
      'GB of responses': out,
    }),
  ];
  if (accessLogDays !== undefined) {
    const stored = times(
      dividedBy(times(usage.requestCount, figure(assumptions.accessLogBytes, 'bytes')), BYTES_PER_GB),
      dividedBy(figure(accessLogDays, 'days'), figure(assumptions.daysOfMonth)),
    );
    const files = times(HOURS, figure(assumptions.accessLogFilesPerHour), figure(nodes));
    const cost = plus(
      pricing.costOf(figure(stored.value, 'GB'), 's3StoredGb'),
      pricing.costOf(figure(files.value), 's3Put'),
    );
    lines.push(line('edge', 'Access logs in S3', cost, { 'GB of access logs': stored, files }));
  }
  if (facts.firewalls.count > 0) {
    const cost = plus(
      pricing.costOf(figure(facts.firewalls.count), 'wafAcl'),
      pricing.costOf(figure(facts.firewalls.rules), 'wafRule'),
      pricing.costOf(figure(usage.requestCount.value), 'wafRequest'),
    );
    lines.push(line('edge', 'Web application firewall', cost));
  }
  return lines;
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

/** Lines of the outbound connectivity of tasks. */
export function networkLines(billed: Billed): Line[] {
  const { facts, pricing } = billed;
  const { natGateways, addresses, endpointZones, flowLogs } = facts.network;
  const bytes = callBytes(billed);
  const carried = figure(bytes.value, 'GB');
  const inputs = { 'GB of SQS calls and logs': bytes };
  const lines: Line[] = [];
  const add = (item: string, amount: Figure, inputsOfLine?: Readonly<Record<string, Figure>>) =>
    lines.push(line('network', item, amount, inputsOfLine));
  if (natGateways > 0) {
    add('NAT gateway', pricing.costOf(times(figure(natGateways), HOURS), 'natHour'));
    add('NAT gateway, SQS calls and logs', pricing.costOf(carried, 'natGb'), inputs);
  }
  if (natGateways === 1) {
    // Half of the tasks are in the other zone; cross-zone traffic is billed in both directions.
    const crossing = times(carried, dividedBy(figure(1), figure(2)), figure(2));
    add('Cross-zone traffic to the NAT gateway', pricing.costOf(crossing, 'crossZoneGb'));
  }
  if (addresses > 0)
    add('Public IPv4 of the NAT gateway', pricing.costOf(times(figure(addresses), HOURS), 'publicIpv4Hour'));
  if (endpointZones > 0) {
    const hourly = pricing.costOf(times(figure(endpointZones), HOURS), 'endpointHour');
    add('Interface endpoints', plus(hourly, pricing.costOf(carried, 'endpointGb')), inputs);
  }
  if (flowLogs > 0) {
    const logged = times(figure(flowLogs), figure(assumptions.flowLogGb, 'GB'));
    add('Flow log of rejected connections', pricing.costOf(logged, 'vendedLogsToS3Gb'));
  }
  return lines;
}

/** Traffic of tasks with SQS and CloudWatch Logs in GB. Tables have a gateway endpoint. */
function callBytes({ flows, measured }: Billed): Figure {
  const calls = flows.queues.map(({ consumer, receives, emptyReceives }) => {
    const { receiveBytes, emptyReceiveRequestBytes } = serviceMeasurement(measured, consumer);
    const emptyBytes = emptyReceiveRequestBytes + assumptions.emptyResponseBytes;
    return plus(
      times(figure(receives.value), figure(receiveBytes, 'bytes')),
      times(figure(emptyReceives.value), figure(emptyBytes, 'bytes')),
    );
  });
  return plus(dividedBy(plus(...calls), BYTES_PER_GB), figure(flows.logs.services.value, 'GB'));
}
