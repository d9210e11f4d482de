import { assumptions } from '../assumptions.ts';
import { dividedBy, type Figure, figure, plus, times } from '../formula.ts';
import { type Billed, line, type Line } from '../line.ts';

/** Lines of topics, queues and relays. Deliveries from SNS are assumed to be billed as SQS requests, which AWS does not document. */
export function messagingLines(billed: Billed): Line[] {
  const { flows, pricing } = billed;
  const relayInputs = (amount: 'publishes' | 'invocations') =>
    Object.fromEntries(flows.relays.map((flow) => [`${amount} of ${flow.service}-relay`, flow[amount]]));
  const sumOfRelays = (amount: 'publishes' | 'invocations') =>
    plus(...flows.relays.map((flow) => figure(flow[amount].value)));
  return [
    line(
      'messaging',
      'SNS, publishes',
      pricing.costOf(sumOfRelays('publishes'), 'snsRequest'),
      relayInputs('publishes'),
    ),
    encryption(billed),
    queues(billed),
    line(
      'relays',
      'Lambda, invocations',
      pricing.costOf(sumOfRelays('invocations'), 'lambdaRequest'),
      relayInputs('invocations'),
    ),
    line('relays', 'Lambda, duration', durationCost(billed)),
  ];
}

function encryption({ facts, pricing }: Billed): Line {
  const { topicsAndQueues, keys } = facts.encryption;
  const seconds = times(figure(assumptions.hours, 'h'), figure(3_600, 's/h'));
  const calls = times(
    figure(topicsAndQueues),
    figure(2 * Object.keys(facts.relays).length),
    dividedBy(seconds, figure(assumptions.dataKeySeconds, 's')),
  );
  const cost = plus(
    pricing.costOf(figure(calls.value), 'kmsRequest'),
    pricing.costOf(figure(keys), 'kmsKey'),
  );
  return line('messaging', 'KMS, keys of topics and queues', cost, { 'KMS calls': calls });
}

function queues({ flows, pricing }: Billed): Line {
  const requests = flows.queues.flatMap(({ messages, receives, emptyReceives }) => [
    figure(messages.value, 'enqueued'),
    times(figure(2), figure(receives.value, 'received and deleted')),
    figure(emptyReceives.value, 'empty'),
  ]);
  const inputs = flows.queues.flatMap(({ queue, messages, receives, emptyReceives }) => [
    [`messages into ${queue}`, messages],
    [`receives of ${queue}`, receives],
    [`empty receives of ${queue}`, emptyReceives],
  ]);
  const cost = pricing.costOf(plus(...requests), 'sqsRequest');
  return line('messaging', 'SQS', cost, Object.fromEntries(inputs) as Record<string, Figure>);
}

function durationCost({ facts, flows, pricing }: Billed): Figure {
  const seconds = figure(assumptions.relayMilliseconds / 1_000, 's');
  const gbSeconds = flows.relays.map(({ service, invocations }) =>
    times(figure(invocations.value), seconds, figure(facts.relays[service]?.memoryGb ?? 0, 'GB')),
  );
  const isArm = Object.values(facts.relays).every((relay) => relay.isArm);
  const price = isArm ? 'lambdaArmGbSecond' : 'lambdaX86GbSecond';
  return pricing.costOf(plus(...gbSeconds), price, 'lambdaGbSeconds');
}
