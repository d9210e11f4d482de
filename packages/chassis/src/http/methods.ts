/** Routes of an app, to distinguish a wrong method (405) from an unknown path (404). */
export interface RouteMethods {
  add(path: string, methods: readonly string[]): void;
  /** The methods of a path, in alphabetical order; empty for an unknown path. */
  allowedOn(path: string): string[];
}

export function createRouteMethods(): RouteMethods {
  const routes = new Map<string, Set<string>>();
  return {
    add(path, methods) {
      const methodsOfPath = routes.get(path) ?? new Set();
      for (const method of methods) methodsOfPath.add(method);
      routes.set(path, methodsOfPath);
    },
    allowedOn(path) {
      const segments = path.split('/');
      const allowed = [...routes].flatMap(([pattern, methods]) =>
        isMatch(pattern, segments) ? [...methods] : [],
      );
      return [...new Set(allowed)].sort();
    },
  };
}

function isMatch(pattern: string, segments: readonly string[]): boolean {
  const parts = pattern.split('/');
  if (parts.at(-1) !== '*' && parts.length !== segments.length) return false;
  return parts.every((part, i) => {
    if (part === '*') return i < segments.length;
    return part.startsWith(':') ? Boolean(segments[i]) : part === segments[i];
  });
}
