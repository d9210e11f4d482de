/** What each principal was seen to call on AWS: principal → action → resources, all sorted. */
export type Calls = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** A line of what tests record: a call, or a command of which it is not known what right it needs. */
type Line =
  | { readonly principal: string; readonly from: string; readonly action: string; readonly resource: string }
  | { readonly principal: string; readonly from: string; readonly fault: string };

/** Brings in order what many processes recorded, JSON a line. Throws where one met a command that it did not know. */
export function callsOf(record: string): Calls {
  const lines = record
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
  const calls = lines.map((line) => {
    if ('fault' in line) throw new Error(`${line.principal}, in ${line.from}: ${line.fault}`);
    return line;
  });
  return grouped(
    calls,
    ({ principal }) => principal,
    (ofPrincipal) =>
      grouped(
        ofPrincipal,
        ({ action }) => action,
        (ofAction) => [...new Set(ofAction.map(({ resource }) => resource))].toSorted(),
      ),
  );
}

/** The file's text: as JSON, a line an action, as the formatter leaves it. */
export function textOf(calls: Calls): string {
  const principals = Object.entries(calls).map(([principal, actions]) => {
    const lines = Object.entries(actions).map(
      ([action, resources]) =>
        `    "${action}": [${resources.map((resource) => `"${resource}"`).join(', ')}]`,
    );
    return `  "${principal}": {\n${lines.join(',\n')}\n  }`;
  });
  return `{\n${principals.join(',\n')}\n}\n`;
}

/** What is new and what is gone, a line each. */
export function differences(before: Calls, after: Calls): readonly string[] {
  const [old, now] = [pairs(before), pairs(after)];
  return [
    ...now.filter((pair) => !old.includes(pair)).map((pair) => `new:  ${pair}`),
    ...old.filter((pair) => !now.includes(pair)).map((pair) => `gone: ${pair}`),
  ];
}

function pairs(calls: Calls): readonly string[] {
  return Object.entries(calls).flatMap(([principal, actions]) =>
    Object.entries(actions).flatMap(([action, resources]) =>
      resources.map((resource) => `${principal} ${action} ${resource}`),
    ),
  );
}

function grouped<T, R>(
  items: readonly T[],
  keyOf: (item: T) => string,
  valueOf: (some: readonly T[]) => R,
): Record<string, R> {
  const groups = [...Map.groupBy(items, keyOf)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(groups.map(([key, some]) => [key, valueOf(some)]));
}
