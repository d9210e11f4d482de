import { assumptions } from '../assumptions.ts';
import { beyond, dividedBy, figure, plus, times } from '../formula.ts';
import { type Billed, line, lineInput, type Line } from '../line.ts';

/** Lines of topics, queues and relays. Deliveries from SNS are assumed to be billed as SQS requests, which AWS does not document. */
export function messagingLines(billed: Billed): Line[] {
  return [...topics(billed), ...queues(billed), ...relays(billed)];
}

function topics({ facts, flows, pricing }: Billed): Line[] {
  const publishes = plus(...flows.relays.map((it) => figure(it.publishes.value)));
  const { topicsAndQueues, keys } = facts.encryption;
  const seconds = times(figure(assumptions.hours, 'h'), figure(3_600, 's/h'));
  const keyCalls = times(
    figure(topicsAndQueues),
    figure(2 * assumptions.publishers),
    dividedBy(seconds, figure(assumptions.dataKeySeconds, 's')),
  );
  return [
    line(
      'messaging',
      'SNS, publishes',
      times(beyond(publishes, pricing.freeTierOf('snsRequests')), pricing.priceOf('snsRequest')),
      ...flows.relays.map((it) => lineInput(`publishes of ${it.service}-relay`, it.publishes)),
    ),
    line(
      'messaging',
      'KMS, keys of topics and queues',
      plus(
        times(
          beyond(figure(keyCalls.value), pricing.freeTierOf('kmsRequests')),
          pricing.priceOf('kmsRequest'),
        ),
        times(figure(keys), pricing.priceOf('kmsKey')),
      ),
      lineInput('KMS calls', keyCalls),
    ),
  ];
}

function queues({ flows, pricing }: Billed): Line[] {
  const requests = plus(
    ...flows.queues.flatMap(({ messages, receives, emptyReceives }) => [
      figure(messages.value, 'enqueued'),
      times(figure(2), figure(receives.value, 'received and deleted')),
      figure(emptyReceives.value, 'empty'),
    ]),
  );
  return [
    line(
      'messaging',
      'SQS',
      times(beyond(requests, pricing.freeTierOf('sqsRequests')), pricing.priceOf('sqsRequest')),
      ...flows.queues.flatMap((it) => [
        lineInput(`messages into ${it.queue}`, it.messages),
        lineInput(`receives of ${it.queue}`, it.receives),
        lineInput(`empty receives of ${it.queue}`, it.emptyReceives),
      ]),
    ),
  ];
}

function relays({ facts, flows, pricing }: Billed): Line[] {
  const invocations = plus(...flows.relays.map((it) => figure(it.invocations.value)));
  const milliseconds = figure(assumptions.relayMilliseconds / 1_000, 's');
  const gbSeconds = plus(
    ...flows.relays.map((it) =>
      times(figure(it.invocations.value), milliseconds, figure(facts.relays[it.service].memoryGb, 'GB')),
    ),
  );
  const isArm = facts.relays.product.isArm && facts.relays.cart.isArm;
  return [
    line(
      'relays',
      'Lambda, invocations',
      times(beyond(invocations, pricing.freeTierOf('lambdaRequests')), pricing.priceOf('lambdaRequest')),
      ...flows.relays.map((it) => lineInput(`invocations of ${it.service}-relay`, it.invocations)),
    ),
    line(
      'relays',
      'Lambda, duration',
      times(
        beyond(gbSeconds, pricing.freeTierOf('lambdaGbSeconds')),
        pricing.priceOf(isArm ? 'lambdaArmGbSecond' : 'lambdaX86GbSecond'),
      ),
    ),
  ];
}
