/** What neither the templates nor the measurement can know, each with where it comes from. */
export const assumptions = {
  /** Hours of a month, as AWS's own calculator has them. */
  hours: 730,
  /** Requests that a browser or app sends over one connection before it closes. */
  requestsPerConnection: 10,
  /** How long Lambda takes to look at a shard again: four times a second. */
  shardPollsPerSecond: 4,
  /** Partitions of a new on-demand table, each a shard of its stream: 4,000 writes a second at once, 1,000 a partition. Of provisioned capacity it has one for so much. */
  partitions: 4,
  partitionWritesPerSecond: 1_000,
  partitionReadsPerSecond: 3_000,
  /** A call of SNS and the start of a handler on a seventh of a core. Measured on AWS by nobody yet. */
  relayMilliseconds: 60,
  /** A call of SNS within a region, of which those of an invocation follow each other. */
  snsCallMilliseconds: 20,
  /** What is hot: of stock moves on one product, of products in one category. */
  hottestProduct: 0.02,
  largestCategory: 0.2,
  /** A product's stock is read, decided and written one after the other, some 20 ms each time. */
  movesOfOneProductPerSecond: 50,
  /** From a receive that brings something to the next: a few calls of DynamoDB, the delete, the receive. */
  consumeSeconds: 0.05,
  longPollSeconds: 20,
  receiveBatch: 10,
  /** SNS and SQS count a request for each 64 KB. */
  snsBatch: 10,
  /** Bytes of an answer without messages. */
  emptyAnswerBytes: 300,
  /** Share of successes that leave a line in the log. */
  loggedShare: 0.01,
  /** Bytes of a request in the load balancer's access log, compressed. */
  accessLogBytes: 50,
  /** The load balancer writes a file each 5 minutes and node. */
  accessLogFilesPerHour: 12,
  /** Refused connections, in the flow log: scanners of the Internet. */
  flowLogGb: 0.1,
  /** Products in the catalog, and how long items stay, in days: carts by their TTL (7 guests', 30 users'), others by theirs. */
  products: 10_000,
  keptDays: { cart: 18.5, reservation: 31, request: 1 },
  /** Of the holds that begin; the others end in the mix, with a line's removal or a checkout. */
  expiringHolds: 0.5,
  /** How often a task looks for overdue holds, as Product's default has it. */
  sweepSeconds: 10,
  daysOfMonth: 30.4,
  /** Bytes that DynamoDB adds to each item for what it stores. */
  itemOverheadBytes: 100,
  /** Images kept: ten versions of two, 0.1 GB each, layers shared. */
  imagesGb: 2,
  /** SNS keeps a data key for so long, for each who publishes. */
  dataKeySeconds: 300,
  publishers: 2,
  /** Metrics that Container Insights makes of a cluster, and of a service of one task; counted by others. */
  containerInsights: { cluster: 23, service: 157 },
  /** Alarms that scaling makes for itself: two for each policy that follows a target, of DynamoDB four. */
  alarmsOfPolicy: 2,
  alarmsOfCapacity: 4,
} as const;
