import { z } from 'zod';
import { count } from './settings-parts.ts';

/** When AWS Backup runs a plan, in UTC. */
export const SCHEDULES = {
  hourly: 'cron(0 * * * ? *)',
  daily: 'cron(0 3 * * ? *)',
  weekly: 'cron(0 3 ? * SUN *)',
} as const;

const VAULT = /^arn:aws[a-z-]*:backup:[a-z]{2}(?:-[a-z]+)+-\d:\d{12}:backup-vault:([\w-]{2,50})$/;
const example = 'arn:aws:backup:us-east-1:111122223333:backup-vault:tandem';
/** AWS makes it a hundred years. */
const MAX_DAYS = 36_500;

/** Backups of the tables, and their copies in another account. Backups of DynamoDB are full ones: each costs the size of the tables. */
export const backup = z
  .strictObject({
    vaultArn: z
      .string()
      .regex(VAULT, `expected the ARN of a backup vault such as ${example}`)
      .refine(
        (arn) => vaultOf(arn).name !== 'Default',
        'the vault Default takes no copies of other accounts: create another one',
      )
      .describe('Vault of another account of the organization, which takes the copies'),
    schedule: z.enum(['hourly', 'daily', 'weekly']).default('daily').describe('How often'),
    retentionDays: count(1, MAX_DAYS).default(7).describe('Retention in the own vault'),
    copyRetentionDays: count(1, MAX_DAYS).default(35).describe('Retention in the other account'),
  })
  .refine(({ retentionDays, copyRetentionDays }) => copyRetentionDays >= retentionDays, {
    path: ['copyRetentionDays'],
    error:
      'is less than retentionDays: raise it, or lower retentionDays, as the copy is what outlives the account',
  });

export type BackupSettings = z.output<typeof backup>;

/** Account and name of a vault whose ARN is valid. */
export function vaultOf(arn: string): { readonly account: string; readonly name: string } {
  const [, , , , account = '', , name = ''] = arn.split(':');
  return { account, name };
}
