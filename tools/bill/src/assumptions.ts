/** Figures that neither the templates nor the measurement contain, each with its source or reason. */
export const assumptions = {
  /** Hours of a month, as in AWS's pricing calculator. */
  hours: 730,
  daysOfMonth: 30.4,
  /** Requests that a browser or app sends over one connection before it closes. */
  requestsPerConnection: 10,
  /** Polls of a shard by Lambda. */
  shardPollsPerSecond: 4,
  /**
   * Partitions of a new on-demand table, each a shard of its stream: 4,000 writes a second at once, 1,000 a partition. A
   * provisioned table has one for each multiple of these units.
   */
  partitions: 4,
  partitionWritesPerSecond: 1_000,
  partitionReadsPerSecond: 3_000,
  /** Start of a handler and a call of SNS on a seventh of a core. Not yet measured on AWS. */
  relayMilliseconds: 60,
  /** A call of SNS within a region; those of an invocation are sequential. */
  snsCallMilliseconds: 20,
  /** Share of the stock moves on the most popular product, and of the products in the largest category. */
  hottestProduct: 0.02,
  largestCategory: 0.2,
  /** Changes of one product's stock are sequential: read, decide, write, about 20 ms each. */
  movesOfOneProductPerSecond: 50,
  /** Time from a receive with messages to the next receive: a few calls of DynamoDB, and the delete. */
  consumeSeconds: 0.05,
  longPollSeconds: 20,
  receiveBatch: 10,
  snsBatch: 10,
  /** Bytes of a response without messages. */
  emptyResponseBytes: 300,
  /** Share of successful requests that are logged. */
  loggedShare: 0.01,
  /** Bytes of a request in the load balancer's access log, compressed. */
  accessLogBytes: 50,
  /** Files of a node of the load balancer: one each 5 minutes. */
  accessLogFilesPerHour: 12,
  /** Rejected connections in the flow log: scanners of the internet. */
  flowLogGb: 0.1,
  /** Products in the catalog. */
  products: 10_000,
  /** Retention of items in days: carts by their TTL (7 guests', 30 users'). */
  keptDays: { cart: 18.5, reservation: 31, request: 1 },
  /** Share of the holds that expire; the others end in the mix, when a line is removed or a cart is checked out. */
  expiringHolds: 0.5,
  /** Interval of a task's sweeps for overdue holds: Product's default. */
  sweepSeconds: 10,
  /** Bytes that DynamoDB adds to the size of each stored item. */
  itemOverheadBytes: 100,
  /** Images of a service: ten versions, 0.1 GB each. */
  imagesGbPerService: 1,
  /** Time that SNS reuses a data key of a publisher. */
  dataKeySeconds: 300,
  /** Metrics of Container Insights of a cluster, and of a service with one task; as published by other users. */
  containerInsights: { cluster: 23, service: 157 },
  /** Alarms that auto scaling creates: two for each target tracking policy, four for each capacity of DynamoDB. */
  alarmsOfPolicy: 2,
  alarmsOfCapacity: 4,
} as const;
