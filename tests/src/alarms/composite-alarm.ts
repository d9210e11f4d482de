/** A composite alarm that is in ALARM while any of its members is, and notifies unless its suppressor is in ALARM. */
export interface CompositeAlarm {
  /** Names of alarms. */
  readonly members: readonly string[];
  /** Starts to evaluate it. */
  start(): CompositeEvaluation;
}

/** Evaluation of a composite alarm, minute by minute. */
export interface CompositeEvaluation {
  /** Advances by a minute; returns whether the alarm notifies in it. `isInAlarm`: the state of each member, and of the suppressor. */
  notifies(isInAlarm: (name: string) => boolean): boolean;
  isInAlarm(): boolean;
}

interface Definition {
  readonly AlarmRule: string;
  readonly ActionsSuppressor?: string;
  readonly ActionsSuppressorWaitPeriod?: number;
  readonly ActionsSuppressorExtensionPeriod?: number;
}

/**
 * Reads the properties of an `AWS::CloudWatch::CompositeAlarm` whose rule is `ALARM("name") OR …`; throws for any other rule.
 *
 * "WaitPeriod: the maximum time that the composite alarm waits for the suppressor alarm to go into the ALARM state.
 * ExtensionPeriod: … that it waits after suppressor alarm goes out of the ALARM state. After this time, the composite alarm
 * performs its actions." https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
 */
export function readCompositeAlarm(properties: Readonly<Record<string, unknown>>): CompositeAlarm {
  const definition = properties as unknown as Definition;
  const members = definition.AlarmRule.split(' OR ').map((term) => {
    const [, name] = /^ALARM\("([^"]+)"\)$/.exec(term) ?? [];
    if (name === undefined) throw new Error(`not supported: ${term} in ${definition.AlarmRule}`);
    return name;
  });
  const suppressor = definition.ActionsSuppressor?.split(':').at(-1);
  const waitMinutes = (definition.ActionsSuppressorWaitPeriod ?? 0) / 60;
  const extensionMinutes = (definition.ActionsSuppressorExtensionPeriod ?? 0) / 60;

  return { members, start: () => evaluate({ members, suppressor, waitMinutes, extensionMinutes }) };
}

interface Rule {
  readonly members: readonly string[];
  readonly suppressor: string | undefined;
  readonly waitMinutes: number;
  readonly extensionMinutes: number;
}

function evaluate({ members, suppressor, waitMinutes, extensionMinutes }: Rule): CompositeEvaluation {
  let inAlarm = false;
  /** Minutes for which the notification still waits; undefined if none is due. */
  let waiting: number | undefined;
  let wasSuppressed = false;
  return {
    isInAlarm: () => inAlarm,
    notifies(isInAlarm) {
      const before = inAlarm;
      inAlarm = members.some(isInAlarm);
      if (!inAlarm) waiting = undefined;
      else if (!before) waiting = suppressor === undefined ? 0 : waitMinutes;
      const isSuppressed = suppressor !== undefined && isInAlarm(suppressor);
      if (wasSuppressed && !isSuppressed && waiting !== undefined) waiting = extensionMinutes;
      wasSuppressed = isSuppressed;
      if (isSuppressed || waiting === undefined) return false;
      if (waiting > 0) {
        waiting--;
        return false;
      }
      waiting = undefined;
      return true;
    },
  };
}
