import { topology, type RelaySpec, type ServiceName } from './topology.ts';

const services = entries(topology.services);

/** The topology as a Mermaid flowchart, left to right: each service is a box with its queues, table, relay and topic. */
export function topologyDiagram(): string {
  return [
    'flowchart LR',
    `  ${queuesFirst()}`,
    '  client(["client"]) -->|HTTP| gateway["gateway"]',
    ...services.flatMap(([service]) => box(service)),
    ...services.flatMap(([service, { paths }]) =>
      paths.length > 0 ? [`  gateway -->|"${lines(paths)}"| ${service}`] : [],
    ),
    ...services.flatMap(([service, { requests }]) =>
      requests ? [`  ${service} -. "${lines(requests.eventTypes)}" .-> ${requests.topic}`] : [],
    ),
    ...topology.subscriptions.flatMap(({ topic, queue, eventTypes }) => [
      `  ${topic} ==>|"${lines(eventTypes)}"| ${queue}`,
      `  ${topic} -. undeliverable .-> ${topology.queues[queue].deadLetterQueue}`,
    ]),
    '  classDef table fill:#e8f0fe,stroke:#3b6fc4,color:#111',
    '  classDef topic fill:#fdecc8,stroke:#b7791f,color:#111',
    '  classDef queue fill:#e3f5e6,stroke:#2f855a,color:#111',
    '  classDef deadLetter fill:#fff,stroke:#c53030,color:#111,stroke-dasharray:5 4',
    '',
  ].join('\n');
}

/**
 * Invisible links, which must precede the others: they place the queues at the left, so that each service is one lane and
 * only events point back. Without them the layout breaks the cycle elsewhere and puts one service behind the other.
 */
function queuesFirst(): string {
  const queues = services.flatMap(([service]) => queuesOf(service).map(([queue]) => queue));
  return ['gateway', ...queues, ...services.slice(0, 1).map(([service]) => service)].join(' ~~~ ');
}

function box(service: ServiceName): string[] {
  const { table } = topology.services[service];
  const relay = topology.relays[service];
  return [
    `  subgraph ${service}-context["${service}"]`,
    ...queuesOf(service).flatMap(([queue, { deadLetterQueue, maxReceiveCount }]) => [
      `    ${queue}(["${queue}"]):::queue --> ${service}`,
      `    ${queue} -. "after ${maxReceiveCount} receives" .-> ${deadLetter(deadLetterQueue)}`,
    ]),
    `    ${service}["${service} service"]${table ? ` --> ${table}[("${table}")]:::table` : ''}`,
    ...(relay ? relayLines(service, relay) : []),
    '  end',
  ];
}

function relayLines(
  service: ServiceName,
  { table, topic, parkingQueue, snapshotQueue }: RelaySpec,
): string[] {
  return [
    `    ${table} -->|"change stream"| ${service}-relay["${service} relay"]`,
    `    ${service}-relay -. unpublishable ..-> ${deadLetter(parkingQueue)}`,
    `    ${service}-relay --> ${topic}{{"${topic}"}}:::topic`,
    ...(snapshotQueue
      ? [
          `    ${service} -. snapshots .-> ${topic}`,
          `    ${service} -. "next page of a snapshot" .-> ${snapshotQueue}`,
        ]
      : []),
  ];
}

function queuesOf(service: ServiceName) {
  return entries(topology.queues).filter(([, { consumer }]) => consumer === service);
}

function deadLetter(queue: string): string {
  return `${queue}(["${queue}"]):::deadLetter`;
}

function lines(parts: readonly string[]): string {
  return parts.join('<br/>');
}

function entries<K extends string, V>(record: Readonly<Record<K, V>>): [K, V][] {
  return Object.entries(record) as [K, V][];
}
