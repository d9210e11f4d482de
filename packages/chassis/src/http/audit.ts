import type { FastifyReply, FastifyRequest } from 'fastify';
import { errors } from 'jose';
import { DomainError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import { createLineLimit } from './audit-limit.ts';
import type { Authenticator } from './auth.ts';
import { networkOf } from './client-network.ts';
import type { App } from './types.ts';

/** What a handler adds to the audit line of its write. No secrets: audit lines are kept for a year. */
export interface AuditFacts {
  /** Id of what was written, if the path does not contain it. */
  readonly resource?: string;
  /** Its version after the write. */
  readonly version?: number;
  /** Effects of a write of many. */
  readonly counts?: Readonly<Record<string, number>>;
}

declare module 'fastify' {
  interface FastifyRequest {
    audit: AuditFacts | undefined;
    /** Why the request was rejected. */
    rejection: string | undefined;
    /** Address of the client that calls a route with a scope. */
    client: string | undefined;
  }
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Longest logged id, twice the longest valid one: a request may be rejected before its path is validated. */
const MAX_RESOURCE_LENGTH = 256;

/**
 * Audit trail: one log line, marked by `audit: true`, for each write that a scope authorized, whatever its status, and for
 * each 401 and 403; written after the response or when the client disconnects, at any log level but `silent`. Lines of
 * rejected requests are limited to 10 a client and 300 in all each minute; one more line counts the others. A path
 * is logged only where a scope is required: elsewhere it may hold a secret, such as a cart's id.
 */
export function registerAudit(app: App, logger: Logger): void {
  const log = logger.level === 'silent' ? logger : logger.child({}, { level: 'info' });
  const limit = createLineLimit((counts) =>
    log.warn({ audit: true, ...counts }, 'further requests were rejected'),
  );
  app.addHook('onClose', async () => limit.close());
  app.decorateRequest('audit', undefined);
  app.decorateRequest('rejection', undefined);
  app.decorateRequest('client', undefined);
  // Not read when the line is written: a body that was not read to its end has taken the socket from the request.
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.route.config.scope !== undefined) request.client = request.ip;
    done();
  });
  app.addHook('onError', (request, _reply, error, done) => {
    request.rejection = reasonOf(error);
    done();
  });
  // Not `onResponse`, which does not run if the client has disconnected.
  app.addHook('onSend', (request, reply, _payload, done) => {
    const { statusCode: status } = reply;
    const isRejected = status === 401 || status === 403;
    if (!isRejected && (status === 429 || !isAuthorizedWrite(request))) return done();
    const write = () => {
      if (isRejected && !limit.allows(networkOf(request.client ?? request.ip).address)) return;
      log.info(lineOf(request, reply), isRejected ? 'request rejected' : 'write');
    };
    if (reply.raw.closed) write();
    else reply.raw.once('close', write);
    done();
  });
}

function isAuthorizedWrite({ route, method, identity }: FastifyRequest): boolean {
  const { scope } = route.config;
  return scope !== undefined && !SAFE_METHODS.has(method) && identity?.scopes.has(scope) === true;
}

function lineOf(request: FastifyRequest, reply: FastifyReply) {
  const { audit = {}, identity, method, params, rejection, route } = request;
  const ids = route.config.scope === undefined ? [] : Object.values((params ?? {}) as Record<string, string>);
  const resource = audit.resource ?? (ids.length > 0 ? ids.join('/') : undefined);
  return {
    audit: true,
    subject: identity?.subject,
    action: `${method} ${route.url ?? 'unknown'}`,
    resource: resource?.slice(0, MAX_RESOURCE_LENGTH),
    version: audit.version,
    counts: audit.counts,
    replayed: reply.hasHeader('idempotent-replayed') || undefined,
    status: reply.statusCode,
    reason: rejection,
    client: request.client ?? request.ip,
    requestId: request.id,
    traceId: String(reply.getHeader('traceparent')).slice(3, 35),
  };
}

/** The code of an error, and the check that a token failed. Not the message: it may quote the request. */
function reasonOf(error: Error): string | undefined {
  if (!(error instanceof DomainError)) return (error as { code?: string }).code;
  const { code, cause } = error;
  if (cause instanceof errors.JWTClaimValidationFailed) return `${code}: ${cause.code} ${cause.claim}`;
  return cause instanceof errors.JOSEError ? `${code}: ${cause.code}` : code;
}

/** An authenticator that counts the tokens that it rejects. */
export function countRejectedTokens({ authenticate }: Authenticator, metrics: Metrics): Authenticator {
  return {
    async authenticate(...request) {
      try {
        return await authenticate(...request);
      } catch (error) {
        if (error instanceof DomainError && error.kind === 'unauthenticated') metrics.count('TokensRejected');
        throw error;
      }
    },
  };
}
