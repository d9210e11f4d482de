import { z } from 'zod';
import { requestsPerTask } from './capacity.ts';

const count = (min: number, max: number) => z.int().min(min).max(max);

const domain = z
  .strictObject({
    name: z.hostname().describe('The name that clients use'),
    zone: z
      .strictObject({ id: z.string(), name: z.hostname() })
      .optional()
      .describe('The Route 53 zone that gets the alias, and proves the certificate where none is given'),
    certificateArn: z.string().startsWith('arn:').optional().describe('A certificate of ACM in this region'),
  })
  .refine(({ zone, certificateArn }) => zone ?? certificateArn, 'give a certificateArn, a zone, or both');

const capacity = z.discriminatedUnion('mode', [
  z
    .strictObject({
      mode: z.literal('onDemand'),
      maxReadUnits: count(1, 40_000).default(1_000),
      maxWriteUnits: count(1, 40_000).default(500),
    })
    .describe('Paid by the request, up to a limit a second that keeps a runaway client from the bill'),
  z
    .strictObject({
      mode: z.literal('provisioned'),
      minUnits: count(1, 40_000),
      maxUnits: count(1, 40_000),
      targetPercent: count(20, 90).default(70),
    })
    .describe('Paid by the hour: cheaper for a load that is flat all day'),
]);

const environment = z.record(z.string(), z.string());

/** What differs between deployments. Everything else follows from the topology. */
export const settingsSchema = z.strictObject({
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected a region such as eu-central-1')
    .describe('The AWS region'),
  namePrefix: z
    .string()
    .regex(/^([a-z][a-z0-9]{0,11}-)?$/, 'expected up to 12 lower-case letters and digits, and a hyphen')
    .default('')
    .describe(
      'Stands before every name, so that two stages fit into one account; the names of the contract have none',
    ),
  bootstrapQualifier: z
    .string()
    .regex(/^[a-z0-9]{1,10}$/, 'expected up to 10 lower-case letters and digits')
    .describe('Names the roles that deploy this stage, and no other: `cdk bootstrap --qualifier` makes them'),
  auth: z
    .strictObject({ issuer: z.string(), audience: z.string(), jwksUrl: z.url() })
    .describe('Whose tokens are accepted, and where the public keys are; a data: URL holds them itself'),
  domain: domain.optional().describe('HTTPS under this name; without it, HTTP under the load balancer’s own'),
  egress: z
    .enum(['nat', 'endpoints', 'ipv6'])
    .default('nat')
    .describe(
      'How tasks reach AWS and the token issuer: one NAT gateway; interface endpoints and no internet; or IPv6-only subnets',
    ),
  tasks: z
    .strictObject({ min: count(1, 50), max: count(1, 200) })
    .default({ min: 2, max: 8 })
    .describe('Tasks of each service'),
  task: z
    .strictObject({ cpu: z.literal([256, 512, 1024]), memoryMiB: z.literal([512, 1024, 2048]) })
    .default({ cpu: 256, memoryMiB: 512 })
    .describe('The size of a task: 1024 of cpu are one ARM64 core'),
  requestsPerTaskAndMinute: z
    .union([
      count(60, 1_000_000).transform((both) => ({ product: both, cart: both })),
      z.strictObject({ product: count(60, 1_000_000), cart: count(60, 1_000_000) }),
    ])
    .optional()
    .describe(
      'Requests of one task in a minute beyond which another is started, of both services or of each; by default what was measured (tools/load/results/capacity.json)',
    ),
  spot: z
    .boolean()
    .default(false)
    .describe(
      'Tasks beyond the minimum run on Fargate Spot: up to 70 % cheaper, gone at two minutes’ notice',
    ),
  deployment: z
    .enum(['rolling', 'canary'])
    .default('rolling')
    .describe(
      'Rolling with a circuit breaker, or a tenth of the requests to the new version for five minutes first',
    ),
  capacity: capacity
    .prefault({ mode: 'onDemand' })
    .describe('How the tables are paid for: by the request, or by the hour'),
  customerKey: z
    .boolean()
    .default(false)
    .describe('Encrypt tables, topics, queues and logs with a key of our own, $1 a month and stage'),
  waf: z
    .strictObject({ requestsPerFiveMinutes: count(100, 2_000_000) })
    .optional()
    .describe(
      'A web application firewall with this limit an address: $6 a month and $0.60 a million requests',
    ),
  contributorInsights: z
    .boolean()
    .default(false)
    .describe('Which keys of the tables are throttled, at $0.50 a table and index and month'),
  containerInsights: z.boolean().default(false).describe('Metrics of each container, at $0.07 each'),
  holdSeconds: count(0, 30 * 24 * 60 * 60)
    .default(900)
    .describe(
      'How long a cart holds stock after the last change of the line; 0: as long as the cart. Shorter against hoarding',
    ),
  relayBatchWindowSeconds: count(0, 300)
    .default(1)
    .describe(
      'How long a relay waits for more changes: at 0 it tells them a second earlier, for more invocations',
    ),
  traces: z
    .strictObject({
      endpoint: z.url(),
      headersSecretName: z.string().optional(),
      share: z.number().min(0).max(1).default(0.01),
    })
    .optional()
    .describe(
      'A collector for spans (OTLP), and the secret in Secrets Manager that holds its request headers',
    ),
  alarmEmail: z.email().optional().describe('Who hears of alarms and of the budget'),
  budgetUsd: count(1, 1_000_000)
    .optional()
    .describe(
      'The bill of a month, of the whole account, of which somebody is told at 80 % and when it is foreseen',
    ),
  logRetentionDays: z.literal([7, 14, 30, 90, 180, 365]).default(30).describe('How long logs are kept'),
  runbookUrl: z
    .string()
    .default('docs/runbook.md')
    .describe('Where alarms send whoever is on call, the anchor of a section is appended'),
  environment: z
    .strictObject({
      product: environment.default({}),
      cart: environment.default({}),
    })
    .prefault({})
    .describe('Variables of a service that differ from its defaults'),
});

type Given = z.output<typeof settingsSchema>;
export type Settings = Omit<Given, 'requestsPerTaskAndMinute'> & {
  readonly requestsPerTaskAndMinute: NonNullable<Given['requestsPerTaskAndMinute']>;
};
export type SettingsInput = z.input<typeof settingsSchema>;

/** The settings of a deployment. Throws an error that has one line for each fault. */
export function readSettings(input: SettingsInput): Settings {
  const result = settingsSchema.superRefine(contradictions).safeParse(input);
  if (result.success) {
    const { requestsPerTaskAndMinute = requestsPerTask(result.data.task.cpu) } = result.data;
    return { ...result.data, requestsPerTaskAndMinute };
  }
  const faults = result.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'settings'}: ${message}`,
  );
  throw new Error(`Invalid settings\n${faults.join('\n')}`);
}

function contradictions({ tasks, egress, auth, traces }: Given, context: z.RefinementCtx): void {
  const fault = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  if (tasks.min > tasks.max) fault(['tasks'], 'min is greater than max');
  for (const [path, url] of [
    [['auth', 'jwksUrl'], auth.jwksUrl],
    [['traces', 'endpoint'], traces?.endpoint ?? 'data:'],
  ] as const) {
    const { protocol, port } = new URL(url);
    if (protocol !== 'data:' && (protocol !== 'https:' || port !== ''))
      fault([...path], 'tasks reach nothing but HTTPS at its own port, 443');
  }
  if (egress !== 'endpoints') return;
  if (!auth.jwksUrl.startsWith('data:'))
    fault(['auth', 'jwksUrl'], 'egress "endpoints" reaches no internet: give the key set as a data: URL');
  if (traces) fault(['traces'], 'egress "endpoints" reaches no collector: choose another, or no traces');
}
