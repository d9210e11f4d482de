import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../errors.ts';
import { ProtocolError } from './problem.ts';
import type { App } from './types.ts';

/** Routes of an app, to distinguish a wrong method (405) from an unknown path (404). */
interface RouteMethods {
  add(path: string, methods: readonly string[]): void;
  /** The methods of a path, in alphabetical order; empty for an unknown path. */
  allowedOn(path: string): string[];
}

function createRouteMethods(): RouteMethods {
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

/**
 * Records the routes that are registered from now on. Returns the handler, which it also sets, of requests without a route: it
 * throws 405 with `Allow` if the path has other methods, else 404.
 */
export function registerRouteMethods(
  app: App,
  { documentation = '/openapi.json' }: { readonly documentation?: string } = {},
): (request: FastifyRequest, reply: FastifyReply) => never {
  const routes = createRouteMethods();
  app.addHook('onRoute', ({ url, method }) =>
    routes.add(url, typeof method === 'string' ? [method] : method),
  );

  const rejectUnknownRoute = ({ url, method }: FastifyRequest, reply: FastifyReply): never => {
    const allowed = routes.allowedOn(url.split('?', 1)[0] ?? '');
    if (allowed.length === 0 || allowed.includes(method)) {
      const detail = `There is no such route. The paths are listed in ${documentation}.`;
      throw new DomainError('notFound', 'no-such-route', detail);
    }
    reply.header('allow', allowed.join(', '));
    const detail = `${method} is not possible here. Use ${allowed.join(', ')}.`;
    throw new ProtocolError(405, 'method-not-allowed', detail);
  };
  // Plugins call this too, such as for a missing file below /docs.
  app.setNotFoundHandler(rejectUnknownRoute);
  return rejectUnknownRoute;
}
