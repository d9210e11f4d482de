import type { BackupFacts } from './facts.ts';
import { listed, type Properties, sum } from './table-facts.ts';

/** What the plans of AWS Backup keep once they have run for as long as their retention; undefined without a plan. */
export function backupFacts(plans: readonly Properties[]): BackupFacts | undefined {
  if (plans.length === 0) return undefined;
  const rules = plans
    .flatMap(({ BackupPlan }) => listed(BackupPlan?.BackupPlanRule))
    .map((rule) => ({ perDay: runsPerDay(rule), days: daysOf(rule), copies: listed(rule['CopyActions']) }));
  const copies = rules.flatMap((rule) => rule.copies.map((copy) => ({ perDay: rule.perDay, copy })));
  const copiesPerDayTo: Record<string, number> = {};
  for (const { perDay, copy } of copies) {
    const [, , , region = ''] = String(copy['DestinationBackupVaultArn']).split(':');
    copiesPerDayTo[region] = (copiesPerDayTo[region] ?? 0) + perDay;
  }
  return {
    own: sum(rules, ({ perDay, days }) => perDay * days),
    copies: sum(copies, ({ perDay, copy }) => perDay * daysOf(copy)),
    copiesPerDayTo,
  };
}

/** How often a rule runs a day, by the hour and the day of the week of its schedule. */
function runsPerDay({ ScheduleExpression: schedule }: Properties): number {
  const [, hour, dayOfMonth, month, dayOfWeek] =
    /^cron\((.*) \*\)$/.exec(String(schedule))?.[1]?.split(' ') ?? [];
  const isEachDay = dayOfMonth === '*' && dayOfWeek === '?';
  const isEachWeek = dayOfMonth === '?' && /^\w+$/.test(dayOfWeek ?? '');
  if (month !== '*' || !(isEachDay || isEachWeek) || !/^(\*|\d+)$/.test(hour ?? ''))
    throw new Error(
      `A backup plan runs at ${String(schedule)}, whose cost is not defined. Add it to tools/bill/src/backup-facts.ts.`,
    );
  return (hour === '*' ? 24 : 1) / (isEachDay ? 1 : 7);
}

function daysOf({ Lifecycle }: Properties): number {
  if (Lifecycle?.MoveToColdStorageAfterDays !== undefined || !(Lifecycle?.DeleteAfterDays > 0))
    throw new Error(
      'A backup plan uses cold storage or keeps for ever, whose cost is not defined. Add it to tools/bill/src/backup-facts.ts.',
    );
  return Number(Lifecycle.DeleteAfterDays);
}
