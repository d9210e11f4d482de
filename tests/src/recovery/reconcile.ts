import assert from 'node:assert/strict';
import { violationsOf, type Observed } from '../support/consistency/checker.ts';
import { observe } from '../support/consistency/observe.ts';
import type { Entry } from '../support/consistency/operation-log.ts';
import type { Reduction } from '../support/consistency/stock-events.ts';
import { atRest } from '../support/queues.ts';
import { until } from '../support/until.ts';
import type { Drill } from './drill.ts';

const REST_MS = 60_000;

/** Takes a snapshot and audits with repair; then a further audit must find no difference. */
export async function reconcile({
  api,
  run,
  timed,
  urls,
  target = ['--aws'],
}: Pick<Drill, 'api' | 'run' | 'timed' | 'urls'> & { readonly target?: readonly string[] }): Promise<void> {
  const audit = (...args: readonly string[]) =>
    run('@tandem/audit/main', [...target, '--settle', '1', ...args]);
  await timed('snapshot', async () => {
    assert.equal((await api.call('POST', '/products/snapshots')).status, 202);
    await atRest(urls.aws);
  });
  await timed('npm run audit -- --repair', () => audit('--repair', '--rate', '500'));
  const [summary = ''] = (await audit('--json')).trim().split('\n').slice(-1);
  assert.partialDeepStrictEqual(JSON.parse(summary), { ok: true, found: {} });
}

/** What a restored system should have: a log of operations, and the carts to read with their tokens. */
export interface Expected {
  readonly log: readonly Entry[];
  readonly tokens?: ReadonlyMap<string, string | false>;
  /** Carts that their owners cannot read any more. */
  readonly hidden?: Observed['carts'];
  /** Whether a published reduction of a line is part of the restored state; default: each. */
  readonly isKept?: (reduction: Reduction) => boolean;
}

/** Asserts that the system comes to rest without a violation of the promises. */
export async function assertNoViolation(
  { urls, workload, recorder }: Pick<Drill, 'urls' | 'workload' | 'recorder'>,
  { log, tokens = workload.tokens, hidden = [], isKept = () => true }: Expected,
): Promise<Observed> {
  const check = async () => {
    await recorder.collect(urls.aws);
    const observed = await observe(urls, { ...workload, tokens }, recorder);
    const published = {
      ...observed.published,
      reductions: observed.published.reductions.filter(isKept),
    };
    const all = { ...observed, published, carts: [...observed.carts, ...hidden] };
    return { observed: all, violations: violationsOf(log, all) };
  };
  await atRest(urls.aws);
  const options = { deadlineMs: REST_MS, intervalMs: 500 };
  const { observed } = await until(check, ({ violations }) => violations.length === 0, options).catch(
    async () => check(),
  );
  assert.deepEqual(violationsOf(log, observed), []);
  return observed;
}
