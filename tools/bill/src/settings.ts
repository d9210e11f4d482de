import type { SettingsInput } from '../../../infra/src/settings.ts';
import { usageError } from '@tandem/cli/command';

/** Command-line options that override settings of production. */
export interface SettingOptions {
  readonly egress?: string | undefined;
  readonly capacity?: string | undefined;
  readonly set?: readonly string[] | undefined;
}

/** Key set in place of production's JWKS URL, which tasks without internet access cannot reach. */
const KEYS = 'data:application/json,{"keys":[]}';

/** Converts options to settings, which infra validates. Throws a usage error for invalid options. */
export function settingsFor({ egress, capacity, set = [] }: SettingOptions): Partial<SettingsInput> {
  const changes: { [name: string]: unknown } = {};
  if (egress !== undefined) changes['egress'] = egress;
  if (egress === 'endpoints')
    changes['auth'] = { issuer: 'https://issuer.example.com/', audience: 'tandem', jwksUrl: KEYS };
  if (capacity === 'provisioned') changes['capacity'] = { mode: 'provisioned', minUnits: 1, maxUnits: 1_000 };
  else if (capacity === 'onDemand') changes['capacity'] = { mode: 'onDemand' };
  else if (capacity !== undefined) throw usageError('--capacity must be onDemand or provisioned');
  for (const assignment of set) {
    const [, name, value = ''] = /^(\w+)=(.*)$/s.exec(assignment) ?? [];
    if (name === undefined) throw usageError(`--set must be NAME=VALUE, not ${assignment}`);
    changes[name] = parsed(value);
  }
  return changes;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
