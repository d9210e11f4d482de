import { assumptions } from '../assumptions.ts';
import { BYTES_PER_GB, dividedBy, type Figure, figure, plus, times } from '../formula.ts';
import { basis, type Billed, line, type Line } from '../line.ts';

const HOURS = figure(assumptions.hours, 'h');

/** The way of tasks to AWS and the Internet. */
export function networkLines(billed: Billed): Line[] {
  const { facts, quote } = billed;
  const { natGateways: gateways, addresses, endpointZones: zones, flowLogs } = facts.network;
  const bytes = callBytes(billed);
  const carried = figure(bytes.value, 'GB');
  const lines: Line[] = [];
  if (gateways > 0) {
    lines.push(
      line('network', 'NAT gateway', times(figure(gateways), HOURS, quote.price('natHour'))),
      line(
        'network',
        'NAT gateway, calls of SQS and logs',
        times(carried, quote.price('natGb')),
        basis('GB of calls', bytes),
      ),
    );
  }
  if (gateways === 1) {
    // Half of the tasks are in the other zone; what crosses is paid on both sides.
    const crossing = times(carried, dividedBy(figure(1), figure(2)), figure(2), quote.price('crossZoneGb'));
    lines.push(line('network', 'Between zones, to the NAT gateway', crossing));
  }
  if (addresses > 0)
    lines.push(
      line(
        'network',
        'Public IPv4 of the NAT gateway',
        times(figure(addresses), HOURS, quote.price('publicIpv4Hour')),
      ),
    );
  if (zones > 0) {
    const amount = plus(
      times(figure(zones), HOURS, quote.price('endpointHour')),
      times(carried, quote.price('endpointGb')),
    );
    lines.push(line('network', 'Interface endpoints', amount, basis('GB of calls', bytes)));
  }
  if (flowLogs > 0) {
    const amount = times(
      figure(flowLogs),
      figure(assumptions.flowLogGb, 'GB'),
      quote.price('vendedLogsToS3Gb'),
    );
    lines.push(line('network', 'Flow log of refused connections', amount));
  }
  return lines;
}

/** What tasks exchange with SQS, and the logs that they send. Tables have a gateway endpoint. */
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
