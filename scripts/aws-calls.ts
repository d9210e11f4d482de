/** AWS calls by principal: principal → action → resources, all sorted. */
export type Calls = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** Line recorded by tests: a call, or a command whose required permission is unknown. */
type Line =
  | { readonly principal: string; readonly from: string; readonly action: string; readonly resource: string }
  | { readonly principal: string; readonly from: string; readonly fault: string };

/** Merges the records of many processes, one JSON per line. Throws for a command whose permission is unknown. */
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

/** Text of the JSON file, one line per action, as formatted by oxfmt. */
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

/** Added and removed calls, one per line. */
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
  valueOf: (group: readonly T[]) => R,
): Record<string, R> {
  const groups = [...Map.groupBy(items, keyOf)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(groups.map(([key, group]) => [key, valueOf(group)]));
}
