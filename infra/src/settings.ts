import { mapServices, serviceNames } from '@tandem/contracts/topology';
import { z } from 'zod';
import { requestsPerTask } from './capacity.ts';

const count = (min: number, max: number) => z.int().min(min).max(max);

const domain = z
  .strictObject({
    name: z.hostname().describe('Host name of the public URL'),
    zone: z
      .strictObject({ id: z.string(), name: z.hostname() })
      .optional()
      .describe(
        'Route 53 hosted zone for the alias record, and for DNS validation of the certificate unless certificateArn is set',
      ),
    certificateArn: z
      .string()
      .startsWith('arn:')
      .optional()
      .describe('ARN of an ACM certificate in this region'),
  })
  .refine(
    ({ zone, certificateArn }) => zone ?? certificateArn,
    'neither certificateArn nor zone is set: set at least one',
  );

const capacity = z.discriminatedUnion('mode', [
  z
    .strictObject({
      mode: z.literal('onDemand'),
      maxReadUnits: count(1, 40_000).default(1_000),
      maxWriteUnits: count(1, 40_000).default(500),
    })
    .describe('Pay per request, with a limit of units per second that caps the cost of a runaway client'),
  z
    .strictObject({
      mode: z.literal('provisioned'),
      minUnits: count(1, 40_000),
      maxUnits: count(1, 40_000),
      targetPercent: count(20, 90).default(70),
    })
    .describe('Pay per hour, with auto scaling: cheaper for a constant load'),
]);

const service = z.enum(serviceNames);

const requestsPerMinute = count(60, 1_000_000);

/** Settings that differ between deployments. Everything else follows from the topology. */
export const settingsSchema = z.strictObject({
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected a region such as eu-central-1')
    .describe('AWS region'),
  namePrefix: z
    .string()
    .regex(/^([a-z][a-z0-9]{0,11}-)?$/, 'expected up to 12 lower-case letters and digits, and a hyphen')
    .default('')
    .describe('Prefix of every resource name, so that two stages fit into one account; default: none'),
  bootstrapQualifier: z
    .string()
    .regex(/^[a-z0-9]{1,10}$/, 'expected up to 10 lower-case letters and digits')
    .describe(
      'Qualifier of the bootstrap roles that deploy this stage only; see `cdk bootstrap --qualifier`',
    ),
  auth: z
    .strictObject({ issuer: z.string(), audience: z.string(), jwksUrl: z.url() })
    .describe('Issuer and audience of tokens, and the URL of the key set, which may be a data: URL'),
  domain: domain.optional().describe('Domain for HTTPS; default: HTTP at the name of the load balancer'),
  egress: z
    .enum(['nat', 'endpoints', 'ipv6'])
    .default('nat')
    .describe('Egress of tasks: NAT gateway, interface endpoints without internet, or IPv6-only subnets'),
  tasks: z
    .strictObject({ min: count(1, 50), max: count(1, 200) })
    .default({ min: 2, max: 8 })
    .describe('Minimum and maximum number of tasks per service'),
  task: z
    .strictObject({ cpu: z.literal([256, 512, 1024]), memoryMiB: z.literal([512, 1024, 2048]) })
    .default({ cpu: 256, memoryMiB: 512 })
    .describe('Task size; 1024 CPU units are one ARM64 core'),
  requestsPerTaskAndMinute: z
    .union([
      requestsPerMinute.transform((requests) => mapServices(() => requests)),
      z.partialRecord(service, requestsPerMinute),
    ])
    .default({})
    .describe(
      'Scaling target, for all services or per service; default: from tools/load/results/capacity.json, or by CPU and queues alone',
    ),
  spot: z
    .boolean()
    .default(false)
    .describe(
      'Run tasks beyond the minimum on Fargate Spot: up to 70 % cheaper, interrupted at two minutes’ notice',
    ),
  deployment: z
    .enum(['rolling', 'canary'])
    .default('rolling')
    .describe(
      'Deployment strategy: rolling with a circuit breaker, or canary with 10 % of the requests for five minutes',
    ),
  capacity: capacity
    .prefault({ mode: 'onDemand' })
    .describe('Capacity mode of the tables: on-demand or provisioned'),
  customerKey: z
    .boolean()
    .default(false)
    .describe(
      'Encrypt tables, topics, queues and logs with a customer managed KMS key: $1 per month and stage',
    ),
  waf: z
    .strictObject({ requestsPerFiveMinutes: count(100, 2_000_000) })
    .optional()
    .describe(
      'Web application firewall with a rate limit per address: $6 per month and $0.60 per million requests',
    ),
  contributorInsights: z
    .boolean()
    .default(false)
    .describe('CloudWatch Contributor Insights for throttled keys: $0.50 per table, index and month'),
  containerInsights: z.boolean().default(false).describe('CloudWatch Container Insights: $0.07 per metric'),
  holdSeconds: count(0, 30 * 24 * 60 * 60)
    .default(900)
    .describe('Duration of a hold after the last change of its line; 0: as long as the cart'),
  relayBatchWindowSeconds: count(0, 300)
    .default(1)
    .describe('Batching window of the relays; 0 publishes events earlier, with more invocations'),
  traces: z
    .strictObject({
      endpoint: z.url(),
      headersSecretName: z.string().optional(),
      share: z.number().min(0).max(1).default(0.01),
    })
    .optional()
    .describe('OTLP endpoint for traces, the secret with its request headers, and the sampled share'),
  alarmEmail: z.email().optional().describe('E-mail address for alarm and budget notifications'),
  budgetUsd: count(1, 1_000_000)
    .optional()
    .describe('Monthly budget of the account; notifies at 80 % and when a forecast exceeds it'),
  logRetentionDays: z.literal([7, 14, 30, 90, 180, 365]).default(30).describe('Retention of logs in days'),
  runbookUrl: z
    .string()
    .default('docs/runbook.md')
    .describe('URL of the runbook in alarm descriptions; the anchor of the section is appended'),
  environment: z
    .partialRecord(service, z.record(z.string(), z.string()))
    .default({})
    .describe('Environment variables per service that override its defaults'),
});

export type Settings = z.output<typeof settingsSchema>;
export type SettingsInput = z.input<typeof settingsSchema>;

/** Settings with defaults filled in. Throws an error with one line for each invalid setting. */
export function readSettings(input: SettingsInput): Settings {
  const result = settingsSchema.superRefine(checkConsistency).safeParse(input);
  if (result.success) {
    const { task, requestsPerTaskAndMinute } = result.data;
    return {
      ...result.data,
      requestsPerTaskAndMinute: { ...requestsPerTask(task.cpu), ...requestsPerTaskAndMinute },
    };
  }
  const problems = result.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'settings'}: ${message}`,
  );
  throw new Error(`Invalid settings\n${problems.join('\n')}`);
}

function checkConsistency({ tasks, egress, auth, traces }: Settings, context: z.RefinementCtx): void {
  const addIssue = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  if (tasks.min > tasks.max) addIssue(['tasks'], 'min is greater than max: raise max, or lower min');
  for (const [path, url] of [
    [['auth', 'jwksUrl'], auth.jwksUrl],
    [['traces', 'endpoint'], traces?.endpoint ?? 'data:'],
  ] as const) {
    const { protocol, port } = new URL(url);
    if (protocol !== 'data:' && (protocol !== 'https:' || port !== ''))
      addIssue([...path], 'tasks can only connect over HTTPS to port 443: use such a URL');
  }
  if (egress !== 'endpoints') return;
  if (!auth.jwksUrl.startsWith('data:'))
    addIssue(
      ['auth', 'jwksUrl'],
      'egress "endpoints" has no internet access: set the key set as a data: URL',
    );
  if (traces)
    addIssue(
      ['traces'],
      'egress "endpoints" has no internet access: choose another egress, or remove traces',
    );
}
