import { assumptions } from '../assumptions.ts';
import { beyond, dividedBy, figure, plus, times } from '../formula.ts';
import { basis, type Billed, line, type Line } from '../line.ts';

/** Topics, queues and relays. That SNS puts a message into a queue is taken for a request of SQS: AWS does not say. */
export function messagingLines(billed: Billed): Line[] {
  return [...topics(billed), ...queues(billed), ...relays(billed)];
}

function topics({ facts, flows, quote }: Billed): Line[] {
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
      times(beyond(publishes, quote.free('snsRequests')), quote.price('snsRequest')),
      ...flows.relays.map((it) => basis(`publishes of ${it.service}-relay`, it.publishes)),
    ),
    line(
      'messaging',
      'KMS, keys of topics and queues',
      plus(
        times(beyond(figure(keyCalls.value), quote.free('kmsRequests')), quote.price('kmsRequest')),
        times(figure(keys), quote.price('kmsKey')),
      ),
      basis('calls of KMS', keyCalls),
    ),
  ];
}

function queues({ flows, quote }: Billed): Line[] {
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
      times(beyond(requests, quote.free('sqsRequests')), quote.price('sqsRequest')),
      ...flows.queues.flatMap((it) => [
        basis(`messages into ${it.queue}`, it.messages),
        basis(`receives of ${it.queue}`, it.receives),
        basis(`empty receives of ${it.queue}`, it.emptyReceives),
      ]),
    ),
  ];
}

function relays({ facts, flows, quote }: Billed): Line[] {
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
      times(beyond(invocations, quote.free('lambdaRequests')), quote.price('lambdaRequest')),
      ...flows.relays.map((it) => basis(`invocations of ${it.service}-relay`, it.invocations)),
    ),
    line(
      'relays',
      'Lambda, time',
      times(
        beyond(gbSeconds, quote.free('lambdaGbSeconds')),
        quote.price(isArm ? 'lambdaArmGbSecond' : 'lambdaX86GbSecond'),
      ),
    ),
  ];
}
