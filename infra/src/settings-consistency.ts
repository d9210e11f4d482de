import type { z } from 'zod';
import { vaultOf } from './backup-setting.ts';
import { distributionIssues } from './distribution-setting.ts';
import type { Settings } from './settings.ts';
import { traceEndpoint } from './traces-setting.ts';

/** Reports settings that contradict each other, or that tasks could not use. */
export function checkConsistency(settings: Settings, context: z.RefinementCtx): void {
  const {
    account,
    backup,
    tasks,
    egress,
    natGateways,
    vpc,
    cidr,
    auth,
    traces,
    region,
    domain,
    plainHttp,
    alerts,
    unwatched,
  } = settings;
  const addIssue = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  if (backup && vaultOf(backup.vaultArn).account === account)
    addIssue(
      ['backup', 'vaultArn'],
      'is in the account of the stage, with which it would be lost: choose a vault in another account',
    );
  if (tasks.min > tasks.max) addIssue(['tasks'], 'min is greater than max: raise max, or lower min');
  if (natGateways > 1 && (egress !== 'nat' || vpc))
    addIssue(
      ['natGateways'],
      'only egress "nat" in a VPC of the stacks has NAT gateways: remove one of the settings',
    );
  if (vpc && cidr) addIssue(['cidr'], 'your own VPC has its block already: remove cidr or vpc');
  if (vpc && egress !== 'nat')
    addIssue(['egress'], 'the routes of your own VPC decide on the egress: remove egress or vpc');
  if (!domain && !plainHttp)
    addIssue(
      ['domain'],
      'without it, tokens and the ids of carts travel in plain text: set domain, or acknowledge it with plainHttp: true',
    );
  for (const [path, message] of distributionIssues(settings)) addIssue(path, message);
  if (!alerts && !unwatched)
    addIssue(
      ['alerts'],
      'without it, an outage notifies nobody: set alerts.page and alerts.ticket, or acknowledge it with unwatched: true',
    );
  for (const [path, url] of [
    [['auth', 'jwksUrl'], auth.jwksUrl],
    [['traces', 'endpoint'], traceEndpoint({ traces, region })?.url ?? 'data:'],
  ] as const) {
    const { protocol, port } = new URL(url);
    if (protocol !== 'data:' && (protocol !== 'https:' || port !== ''))
      addIssue([...path], 'tasks can only connect over HTTPS to port 443: use such a URL');
  }
  if (egress === 'ipv6' && traces && 'xray' in traces)
    addIssue(
      ['traces'],
      "X-Ray's endpoint has no IPv6 address that AWS documents, and tasks have no other: choose another egress, or a collector",
    );
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
