import { assumptions } from '../assumptions.ts';
import { atLeast, BYTES_PER_GB, beyond, dividedBy, type Figure, figure, plus, times } from '../formula.ts';
import { basis, type Billed, line, type Line } from '../line.ts';
import type { PhaseUsage, Pick } from '../usage.ts';

const HOURS = figure(assumptions.hours, 'h');

/** Browsers take compressed answers. */
const answerBytes: Pick = (of) => of.compressedAnswerBytes;

/** The load balancer with its addresses, and what leaves for the Internet. */
export function edgeLines({ facts, usage, quote }: Billed): Line[] {
  const { balancers } = facts;
  const count = figure(balancers.count);
  const addresses = figure(balancers.publicAddresses);
  const unitHours = usage.overPhases((phase) =>
    times(phase.hours, unitsOf(phase, usage.scenario, balancers.idleSeconds)),
  );
  const out = dividedBy(usage.total(answerBytes), BYTES_PER_GB);
  return [
    line('edge', 'Load balancer', times(count, HOURS, quote.price('albHour'))),
    line('edge', 'Load balancer, capacity units', times(unitHours, quote.price('albLcuHour'))),
    line('edge', 'Public IPv4 of the load balancer', times(addresses, HOURS, quote.price('publicIpv4Hour'))),
    line(
      'edge',
      'Answers to the Internet',
      times(beyond(figure(out.value, 'GB'), quote.free('internetOutGb')), quote.price('internetOutGb')),
      basis('GB of answers', out),
    ),
    ...accessLogs({ facts, usage, quote }),
    ...firewall({ facts, usage, quote }),
  ];
}

/** The largest of three: new connections, those that are open in a minute, bytes. Ten rules of a request are free. */
function unitsOf(
  { perSecond, rate }: PhaseUsage,
  { requestsPerConnection }: { requestsPerConnection: number },
  idleSeconds: number,
): Figure {
  const requests = figure(perSecond.product + perSecond.cart, '/s');
  const connections = dividedBy(requests, figure(requestsPerConnection));
  // A connection that is used again is open until it has been idle for long enough.
  const openSeconds = figure(60 + (requestsPerConnection > 1 ? idleSeconds : 0), 's');
  const bytes = rate((of) => of.requestBytes + answerBytes(of), 'bytes/s');
  return atLeast(
    dividedBy(connections, figure(25)),
    dividedBy(times(connections, openSeconds), figure(3_000)),
    dividedBy(times(bytes, figure(3_600, 's/h')), BYTES_PER_GB),
  );
}

function accessLogs({ facts, usage, quote }: Needs<'facts' | 'usage' | 'quote'>): Line[] {
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
        times(figure(stored.value, 'GB'), quote.price('s3StoredGb')),
        times(figure(files.value), quote.price('s3Put')),
      ),
      basis('GB of access logs', stored),
      basis('files', files),
    ),
  ];
}

function firewall({ facts, usage, quote }: Needs<'facts' | 'usage' | 'quote'>): Line[] {
  const { count, rules } = facts.firewalls;
  if (count === 0) return [];
  return [
    line(
      'edge',
      'Web application firewall',
      plus(
        times(figure(count), quote.price('wafAcl')),
        times(figure(rules), quote.price('wafRule')),
        times(figure(usage.requestCount.value), quote.price('wafRequest')),
      ),
    ),
  ];
}

type Needs<Names extends keyof Billed> = { readonly [N in Names]: Billed[N] };
