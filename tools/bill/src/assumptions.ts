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
  /** Pollers of the event source mapping of a queue: Lambda starts with five (developer guide, "Configuring scaling behavior"). */
  lambdaPollers: 5,
  /**
   * How pollers fill a batch with a batching window, which AWS does not document. Expected: one batch at a time, and ten messages
   * a receive, the limit of SQS. AWS's own estimate counts by the batch too (Compute Blog, "Estimating cost for Amazon SQS message
   * processing using AWS Lambda"). Most: each poller gathers a batch of its own, and each receive ends with the first message.
   */
  polling: {
    expected: { messagesPerReceive: 10, gathering: 1 },
    most: { messagesPerReceive: 1, gathering: 5 },
  },
  /** Messages of a delete: the limit of SQS. */
  deleteBatch: 10,
  /** Duration of a consumer's batch, and of a request of an API that is a function. Not yet measured on AWS. */
  consumerMilliseconds: 1_000,
  apiMilliseconds: 300,
  /** Start of the probe and its four requests, on a seventh of a core. Not yet measured on AWS. */
  probeMilliseconds: 1_500,
  /** Views of Insights in a day, each with a request for the funnel, for products and for one product, of 30 days. */
  insights: { viewsPerDay: 20, requestsPerView: 3, days: 30 },
  /** Metrics of a service of functions: the latency of three routes in an hour a day. CloudWatch bills by the hour. */
  functionMetrics: 3 / 24,
  /**
   * Share of the opened carts that expire: of 100 in the mix, 36 are checked out and 12 merged. Only services that run as functions
   * count these events so far.
   */
  expiringCarts: 0.52,
  /** Retention of the items of Analytics, in days. */
  figuresKeptDays: { batch: 90, totals: 430 },
  /** Start of a handler and a call of SNS on a seventh of a core. Not yet measured on AWS. */
  relayMilliseconds: 60,
  /** A call of SNS within a region; those of an invocation are sequential. */
  snsCallMilliseconds: 20,
  /** Share of the stock moves on the most popular product, and of the products in the largest category. */
  hottestProduct: 0.02,
  largestCategory: 0.2,
  /**
   * Moves of one product's stock of four tasks that are behind: up to 90 in a transaction (decision 073), measured by
   * `npm run hot-product`. At 22 write units for 90 moves, the partition of the product would allow 4,000.
   */
  movesOfOneProductPerSecond: 1_600,
  /** Time from a receive with messages to the next receive: a few calls of DynamoDB, and the delete. */
  consumeSeconds: 0.05,
  longPollSeconds: 20,
  receiveBatch: 10,
  snsBatch: 10,
  /** Bytes of a response without messages. */
  emptyResponseBytes: 300,
  /** Share of successful requests that are logged. */
  loggedShare: 0.01,
  /** Operations of the mix that need a scope: each has an audit line, of so many bytes (measured), and compressed. */
  scopedWrites: ['change a price', 'move stock', 'put a product'],
  auditLineBytes: 400,
  auditLineStoredBytes: 60,
  /** Stored size of logs: CloudWatch bills it compressed (pricing page: "0.15 of the original", which varies). */
  logCompression: 0.15,
  /** Routes with an API that the mix does not use, and unknown paths: each is a metric of latency. Counted in the OpenAPI documents by a test. */
  otherRoutes: { product: 6, cart: 6 },
  /** Pause between two transmissions of a task's log: the awslogs driver. Each becomes one record of Firehose. */
  logFlushSeconds: 5,
  /** Firehose bills each record as a multiple of this size. */
  firehoseRecordBytes: 5_120,
  /** Time for which Firehose collects lines before it stores a file. */
  firehoseBufferSeconds: 900,
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
  /**
   * Searches by name: their share of the lists, and the products of a page, each read by its id like the recorded changes. A task
   * reads the index of the whole catalog in each interval: `services/product/src/search`.
   */
  searches: { shareOfLists: 0.05, productsPerPage: 20, rebuildSeconds: 3_600 },
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
