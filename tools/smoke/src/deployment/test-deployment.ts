import { describe, send } from '@tandem/cli/api-client';
import { untilReady } from '../ready.ts';
import { runSmokeTest } from '../smoke-test.ts';

/**
 * Response of a lifecycle hook: whether ECS goes on with the deployment or rolls it back.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-lifecycle-hooks.html
 */
export interface HookResult {
  readonly hookStatus: 'SUCCEEDED' | 'FAILED';
}

export interface DeploymentTestOptions {
  /** Base URL of the deployment. */
  readonly url: string;
  /** Header that the rules for test traffic match: its requests reach the new tasks. */
  readonly testHeader: Readonly<Record<string, string>>;
  /** A path of the service that is deployed. */
  readonly path: string;
  /** Resolves to a token with the scope products:write. Without it only the routes of both services are tested. */
  readonly token?: (() => Promise<string>) | undefined;
  readonly log: Readonly<Record<'info' | 'warn' | 'error', (fields: object, message: string) => void>>;
  readonly waitMs?: number;
  /** Deadline of each step. */
  readonly deadlineMs?: number;
}

const REQUEST_TIMEOUT_MS = 5_000;

/**
 * Creates the test of a deployment before it gets requests of users: the service itself responds, and the smoke test passes with
 * the new tasks. Without the smoke test while the shop as it is cannot pass it, because another service is missing or failing: a
 * first deployment, or one that repairs the shop, is not rolled back for that. Never rejects.
 */
export function createDeploymentTest({
  url,
  testHeader,
  path,
  token,
  log,
  waitMs = 60_000,
  deadlineMs = 30_000,
}: DeploymentTestOptions): () => Promise<HookResult> {
  const { signal } = new AbortController();
  const isReady = (headers: Readonly<Record<string, string>>, waitMs: number) =>
    untilReady(url, { waitMs, headers, signal, onWait: () => undefined }).then(
      () => undefined,
      (error: unknown) => error,
    );

  const run = async (): Promise<void> => {
    await untilOwnTasksRespond();
    const failure = await isReady({}, 0);
    if (failure !== undefined) {
      log.warn(
        { err: failure },
        'only the own paths are tested: the shop was not ready before this deployment',
      );
      return;
    }
    const testFailure = await isReady(testHeader, waitMs);
    if (testFailure !== undefined) throw testFailure;
    if (!token) return log.info({}, 'both services respond; without deploymentTest nothing more is tested');
    await runSmokeTest(url, await token(), (step) => log.info({ ...step }, 'step passed'), {
      headers: testHeader,
      deadlineMs,
      onLeftBehind: (left, reason) => log.warn({ path: left, reason }, 'not deleted: delete it manually'),
    });
  };

  /** Resolves once the new tasks respond: the load balancer responds 503 while there is none. */
  const untilOwnTasksRespond = async () => {
    const end = performance.now() + waitMs;
    for (;;) {
      const options = { headers: testHeader, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) };
      const result = await send(url, { method: 'GET', path }, options);
      if ('response' in result && result.response.status < 500) return;
      if (performance.now() > end)
        throw new Error('response' in result ? `${path}: ${describe(result.response)}` : result.reason);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  };

  return () =>
    run().then(
      (): HookResult => ({ hookStatus: 'SUCCEEDED' }),
      (error: unknown): HookResult => {
        log.error({ err: error }, 'the deployment is rolled back: its test failed');
        return { hookStatus: 'FAILED' };
      },
    );
}
