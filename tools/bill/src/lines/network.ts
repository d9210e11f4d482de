import { assumptions } from '../assumptions.ts';
import { BYTES_PER_GB, dividedBy, type Figure, figure, plus, times } from '../formula.ts';
import { type Billed, line, lineInput, type Line } from '../line.ts';

const HOURS = figure(assumptions.hours, 'h');

/** Lines of the outbound connectivity of tasks. */
export function networkLines(billed: Billed): Line[] {
  const { facts, pricing } = billed;
  const { natGateways: gateways, addresses, endpointZones: zones, flowLogs } = facts.network;
  const bytes = callBytes(billed);
  const carried = figure(bytes.value, 'GB');
  const lines: Line[] = [];
  if (gateways > 0) {
    lines.push(
      line('network', 'NAT gateway', times(figure(gateways), HOURS, pricing.priceOf('natHour'))),
      line(
        'network',
        'NAT gateway, SQS calls and logs',
        times(carried, pricing.priceOf('natGb')),
        lineInput('GB of SQS calls and logs', bytes),
      ),
    );
  }
  if (gateways === 1) {
    // Half of the tasks are in the other zone; cross-zone traffic is billed in both directions.
    const crossing = times(
      carried,
      dividedBy(figure(1), figure(2)),
      figure(2),
      pricing.priceOf('crossZoneGb'),
    );
    lines.push(line('network', 'Cross-zone traffic to the NAT gateway', crossing));
  }
  if (addresses > 0)
    lines.push(
      line(
        'network',
        'Public IPv4 of the NAT gateway',
        times(figure(addresses), HOURS, pricing.priceOf('publicIpv4Hour')),
      ),
    );
  if (zones > 0) {
    const amount = plus(
      times(figure(zones), HOURS, pricing.priceOf('endpointHour')),
      times(carried, pricing.priceOf('endpointGb')),
    );
    lines.push(line('network', 'Interface endpoints', amount, lineInput('GB of SQS calls and logs', bytes)));
  }
  if (flowLogs > 0) {
    const amount = times(
      figure(flowLogs),
      figure(assumptions.flowLogGb, 'GB'),
      pricing.priceOf('vendedLogsToS3Gb'),
    );
    lines.push(line('network', 'Flow log of rejected connections', amount));
  }
  return lines;
}

/** Traffic of tasks with SQS and CloudWatch Logs in GB. Tables have a gateway endpoint. */
function callBytes({ flows, measured }: Billed): Figure {
  const bytes = (name: string, part: 'requestBytes' | 'answerBytes') => measured.calls[name]?.[part] ?? 0;
  const calls = flows.queues.map(({ consumer, receives, emptyReceives }) => {
    const [receive, remove] = [`${consumer} ReceiveMessage`, `${consumer} DeleteMessageBatch`];
    const full = [receive, remove].reduce(
      (sum, name) => sum + bytes(name, 'requestBytes') + bytes(name, 'answerBytes'),
      0,
    );
    const empty = bytes(receive, 'requestBytes') + assumptions.emptyAnswerBytes;
    return plus(
      times(figure(receives.value), figure(full, 'bytes')),
      times(figure(emptyReceives.value), figure(empty, 'bytes')),
    );
  });
  return plus(dividedBy(plus(...calls), BYTES_PER_GB), figure(flows.logs.services.value, 'GB'));
}
