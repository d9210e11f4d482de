import { mapServices, serviceNames } from '@tandem/contracts/topology';
import { isOrigin } from '@tandem/chassis/config';
import { z } from 'zod';
import { alerts } from './alert-settings.ts';
import { backup } from './backup-setting.ts';
import { requestsPerTask } from './capacity.ts';
import { deploymentStrategy, deploymentTest } from './deployment-settings.ts';
import { cloudFront } from './distribution-setting.ts';
import { account, cidr, natGateways, ownVpc } from './network-settings.ts';
import { checkConsistency } from './settings-consistency.ts';
import { capacity } from './capacity-setting.ts';
import { count, domain, images } from './settings-parts.ts';
import { probe } from './probe-setting.ts';
import { traces } from './traces-setting.ts';

/** A text in a list that is separated by commas. */
const text = z.string().regex(/^[^,]+$/, 'expected a text without commas');
const texts = z.union([text, z.array(text).min(1)]).transform((value) => [value].flat());

const service = z.enum(serviceNames);

const requestsPerMinute = count(60, 1_000_000);

/** Settings that differ between deployments. Everything else follows from the topology. */
export const settingsSchema = z.strictObject({
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected a region such as eu-central-1')
    .describe('AWS region'),
  account: account.optional(),
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
  services: z
    .array(service)
    .min(1)
    .transform((chosen) => serviceNames.filter((name) => chosen.includes(name)))
    .default([...serviceNames])
    .describe('Services to deploy; default: all'),
  auth: z
    .strictObject({
      issuer: texts,
      audience: texts,
      jwksUrl: z.url(),
      scopeClaims: texts.optional(),
      scopes: z.record(text, texts).default({}),
      maxTokenSeconds: count(60, 366 * 24 * 60 * 60).optional(),
    })
    .describe(
      'Issuer and audience of tokens, one or several each; the URL of the key set, which may be a data: URL; and, where the defaults of AUTH_SCOPE_CLAIMS, AUTH_SCOPES and AUTH_MAX_TOKEN_SECONDS do not fit, claims, the issuer’s names of scopes, and lifetime',
    ),
  domain: domain.optional().describe('Domain for HTTPS'),
  plainHttp: z
    .boolean()
    .default(false)
    .describe(
      'Acknowledges that without a domain tokens and the ids of carts travel in plain text: for a trial, or if TLS ends before the load balancer',
    ),
  cloudFront: cloudFront
    .optional()
    .describe(
      'CloudFront in front of a private load balancer, which caches reads of the catalog; default: none, as it costs more than it saves',
    ),
  corsOrigins: z
    .array(z.string().refine(isOrigin, 'expected an origin such as https://shop.example, without path or *'))
    .default([])
    .describe('Origins whose pages may call the APIs from a browser; default: none'),
  egress: z
    .enum(['nat', 'endpoints', 'ipv6'])
    .default('nat')
    .describe('Egress of tasks: NAT gateway, interface endpoints without internet, or IPv6-only subnets'),
  natGateways,
  cidr: cidr.optional(),
  vpc: ownVpc.optional(),
  tasks: z
    .strictObject({ min: count(1, 50), max: count(1, 200) })
    .default({ min: 2, max: 8 })
    .describe('Minimum and maximum number of tasks per service'),
  task: z
    .strictObject({ cpu: z.literal([256, 512, 1024]), memoryMiB: z.literal([512, 1024, 2048]) })
    .default({ cpu: 256, memoryMiB: 512 })
    .describe('Task size; 1024 CPU units are one ARM64 core'),
  functionConcurrency: count(0, 1_000)
    .default(5)
    .describe(
      'Requests that the functions of a service handle at the same time, which Lambda reserves: it limits the cost of a runaway client; 0: no limit, for an account whose quota is too low',
    ),
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
  images: images
    .default({})
    .describe(
      'Images to deploy, by service, as `npm run release` builds them once for all stages; default: built from the sources by each deployment',
    ),
  deployment: deploymentStrategy,
  deploymentTest,
  capacity: capacity
    .prefault('onDemand')
    .describe(
      'Capacity of the tables: onDemand, steady (provisioned for the seed’s peak), or figures of either mode',
    ),
  backup: backup
    .optional()
    .describe(
      'Backups of the tables with a copy in a vault of another account, by AWS Backup: schedule, and retention of both; default: none',
    ),
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
  traces: traces
    .optional()
    .describe(
      'Traces: X-Ray ({ xray: true }), or an OTLP endpoint and the secret with its request headers; and the sampled share',
    ),
  alerts: alerts.optional(),
  unwatched: z
    .boolean()
    .default(false)
    .describe('Acknowledges that without alerts an outage notifies nobody'),
  probe,
  budgetUsd: count(1, 1_000_000)
    .optional()
    .describe('Monthly budget of the account; notifies at 80 % and when a forecast exceeds it'),
  logRetentionDays: z.literal([7, 14, 30, 90, 180, 365]).default(30).describe('Retention of logs in days'),
  auditRetentionDays: count(1, 3_650)
    .default(365)
    .describe('Retention of the audit trail in days; it outlives the logs, and the stacks'),
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
