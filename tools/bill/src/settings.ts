import type { SettingsInput } from '../../../infra/src/settings.ts';
import { oneOf, usageError } from '@tandem/cli/command';
import { MAX_DESCRIPTION_BYTES } from './descriptions.ts';
import { PRESETS } from './facts.ts';

/** Command-line options that override settings of production. */
export interface SettingOptions {
  readonly egress?: string | undefined;
  readonly capacity?: string | undefined;
  readonly set?: readonly string[] | undefined;
}

/** What a production has that can be reached: a domain, of which the bill knows nothing but its cost. */
export const DOMAIN: NonNullable<SettingsInput['domain']> = {
  name: 'shop.tandem.test',
  zone: { id: 'Z0000000000000000000', name: 'tandem.test' },
};

/** Key set in place of production's JWKS URL, which tasks without internet access cannot reach. */
const KEYS = 'data:application/json,{"keys":[]}';

/** Converts options to settings, which infra validates. Throws a usage error for invalid options. */
export function settingsFor({ egress, capacity, set = [] }: SettingOptions): Partial<SettingsInput> {
  const changes: { [name: string]: unknown } = { domain: DOMAIN };
  if (egress !== undefined) changes['egress'] = egress;
  if (egress === 'endpoints')
    changes['auth'] = { issuer: 'https://issuer.example.com/', audience: 'tandem', jwksUrl: KEYS };
  if (capacity !== undefined) changes['capacity'] = oneOf('--capacity', capacity, PRESETS);
  for (const assignment of set) {
    const [, name, value = ''] = /^(\w+)=(.*)$/s.exec(assignment) ?? [];
    if (name === undefined) throw usageError(`--set must be NAME=VALUE, not ${assignment}`);
    changes[name] = parsed(value);
  }
  return changes;
}

/** Reads a size in bytes. Throws a usage error for anything but an integer up to the API's limit. */
export function descriptionBytesOf(text: string): number {
  const bytes = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (bytes <= MAX_DESCRIPTION_BYTES) return bytes;
  throw usageError(`--description-bytes must be from 0 to ${MAX_DESCRIPTION_BYTES}, not "${text}"`);
}

/** Reads a share from 0 to 1. Throws a usage error for anything else. */
export function shareOf(text: string): number {
  const share = text.trim() === '' ? Number.NaN : Number(text);
  if (share >= 0 && share <= 1) return share;
  throw usageError(`--free-tier must be from 0 to 1, not "${text}"`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
