import type { SettingsInput } from '@tandem/infra/settings';
import { usageError } from '@tandem/cli/command';

/** Options of the command line that change the settings of production. */
export interface Given {
  readonly egress?: string | undefined;
  readonly capacity?: string | undefined;
  readonly set?: readonly string[] | undefined;
}

/** Production's keys, in place of their URL: where there is no way to the Internet nobody could fetch them. */
const KEYS = 'data:application/json,{"keys":[]}';

/** The settings that options ask for; those of infra check them. Throws a usage error for what is none. */
export function settingsFor({ egress, capacity, set = [] }: Given): Partial<SettingsInput> {
  const changes: { [name: string]: unknown } = {};
  if (egress !== undefined) changes['egress'] = egress;
  if (egress === 'endpoints')
    changes['auth'] = { issuer: 'https://issuer.example.com/', audience: 'tandem', jwksUrl: KEYS };
  if (capacity === 'provisioned') changes['capacity'] = { mode: 'provisioned', minUnits: 1, maxUnits: 1_000 };
  else if (capacity === 'onDemand') changes['capacity'] = { mode: 'onDemand' };
  else if (capacity !== undefined) throw usageError('--capacity is onDemand or provisioned');
  for (const assignment of set) {
    const [, name, value = ''] = /^(\w+)=(.*)$/s.exec(assignment) ?? [];
    if (name === undefined) throw usageError(`--set takes NAME=VALUE, not ${assignment}`);
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
