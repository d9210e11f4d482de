import { assumptions } from '../assumptions.ts';
import { atLeast, BYTES_PER_GB, beyond, dividedBy, type Figure, figure, plus, times } from '../formula.ts';
import { type Billed, line, lineInput, type Line } from '../line.ts';
import type { PhaseUsage, Quantity } from '../usage.ts';

const HOURS = figure(assumptions.hours, 'h');

/** Browsers accept compressed responses. */
const answerBytes: Quantity = (consumption) => consumption.compressedAnswerBytes;

/** Lines of the load balancer, its addresses and logs, the firewall, and traffic to the internet. */
export function edgeLines({ facts, usage, pricing }: Billed): Line[] {
  const { balancers } = facts;
  const count = figure(balancers.count);
  const addresses = figure(balancers.publicAddresses);
  const unitHours = usage.overPhases((phase) =>
    times(phase.hours, unitsOf(phase, usage.scenario, balancers.idleSeconds)),
  );
  const out = dividedBy(usage.total(answerBytes), BYTES_PER_GB);
  return [
    line('edge', 'Load balancer', times(count, HOURS, pricing.priceOf('albHour'))),
    line('edge', 'Load balancer, capacity units', times(unitHours, pricing.priceOf('albLcuHour'))),
    line(
      'edge',
      'Public IPv4 of the load balancer',
      times(addresses, HOURS, pricing.priceOf('publicIpv4Hour')),
    ),
    line(
      'edge',
      'Data transfer to the internet',
      times(
        beyond(figure(out.value, 'GB'), pricing.freeTierOf('internetOutGb')),
        pricing.priceOf('internetOutGb'),
      ),
      lineInput('GB of responses', out),
    ),
    ...accessLogs({ facts, usage, pricing }),
    ...firewall({ facts, usage, pricing }),
  ];
}

/** Load balancer capacity units: the maximum of new connections, active connections and bytes. Up to ten rules are free. */
function unitsOf(
  { perSecond, rate }: PhaseUsage,
  { requestsPerConnection }: { requestsPerConnection: number },
  idleSeconds: number,
): Figure {
  const requests = figure(perSecond.product + perSecond.cart, '/s');
  const connections = dividedBy(requests, figure(requestsPerConnection));
  // A keep-alive connection stays open until the idle timeout.
  const openSeconds = figure(60 + (requestsPerConnection > 1 ? idleSeconds : 0), 's');
  const bytes = rate((of) => of.requestBytes + answerBytes(of), 'bytes/s');
  return atLeast(
    dividedBy(connections, figure(25)),
    dividedBy(times(connections, openSeconds), figure(3_000)),
    dividedBy(times(bytes, figure(3_600, 's/h')), BYTES_PER_GB),
  );
}

function accessLogs({ facts, usage, pricing }: Needs<'facts' | 'usage' | 'pricing'>): Line[] {
  const { accessLogDays, nodes } = facts.balancers;
  if (accessLogDays === undefined) return [];
  const months = dividedBy(figure(accessLogDays, 'days'), figure(assumptions.daysOfMonth));
  const stored = times(
    dividedBy(times(usage.requestCount, figure(assumptions.accessLogBytes, 'bytes')), BYTES_PER_GB),
    months,
  );
  const files = times(HOURS, figure(assumptions.accessLogFilesPerHour), figure(nodes));
  return [
    line(
      'edge',
      'Access logs in S3',
      plus(
        times(figure(stored.value, 'GB'), pricing.priceOf('s3StoredGb')),
        times(figure(files.value), pricing.priceOf('s3Put')),
      ),
      lineInput('GB of access logs', stored),
      lineInput('files', files),
    ),
  ];
}

function firewall({ facts, usage, pricing }: Needs<'facts' | 'usage' | 'pricing'>): Line[] {
  const { count, rules } = facts.firewalls;
  if (count === 0) return [];
  return [
    line(
      'edge',
      'Web application firewall',
      plus(
        times(figure(count), pricing.priceOf('wafAcl')),
        times(figure(rules), pricing.priceOf('wafRule')),
        times(figure(usage.requestCount.value), pricing.priceOf('wafRequest')),
      ),
    ),
  ];
}

type Needs<Names extends keyof Billed> = { readonly [N in Names]: Billed[N] };
