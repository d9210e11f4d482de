/** What a deployment does, in this order; each rejects with the reason. */
export interface Steps<Release> {
  /** The last version that passed its smoke test on this stage; undefined before the first one. */
  fetchLastGood(): Promise<Release | undefined>;
  /** A token for the smoke test. */
  fetchToken(): Promise<string>;
  /** Deploys all stacks, and resolves to the URL of the APIs. */
  deploy(release: Release): Promise<string>;
  smokeTest(release: Release, url: string, token: string): Promise<void>;
  /** Records the version as the last good one. */
  recordAsGood(release: Release): Promise<void>;
  isSame(one: Release, other: Release): boolean;
  report(line: string): void;
}

/**
 * - `deployed`: the version passed its smoke test, and is the last good one now.
 * - `unverified`: it is deployed, but the smoke test could not start, as the issuer gave no token.
 * - `restored`: it failed; the last good version is deployed again, and passed its smoke test.
 * - `failed`: it failed and is still there, as there is no other version, or restoring that one failed too.
 */
export type Outcome = 'deployed' | 'unverified' | 'restored' | 'failed';

/** Deploys a version, and restores the last good one if the deployment or the smoke test fails. Rejects before anything has changed. */
export async function deployRelease<Release>(release: Release, steps: Steps<Release>): Promise<Outcome> {
  const lastGood = await steps.fetchLastGood();
  // An issuer that cannot be reached, or rejects the client, is found out before the stage has changed.
  await steps.fetchToken();
  const outcome = await tryRelease(release, steps);
  if (outcome === 'deployed') await steps.recordAsGood(release);
  if (outcome !== 'failed') return outcome;
  if (lastGood === undefined) {
    steps.report('No version of this stage has passed its smoke test yet: there is none to restore.');
    return 'failed';
  }
  if (steps.isSame(release, lastGood)) {
    steps.report('This version is the last good one itself: the cause is outside of it.');
    return 'failed';
  }
  steps.report('Restoring the last good version.');
  const restored = await tryRelease(lastGood, steps);
  return restored === 'deployed' ? 'restored' : restored;
}

async function tryRelease<Release>(
  release: Release,
  steps: Steps<Release>,
): Promise<'deployed' | 'unverified' | 'failed'> {
  let isDeployed = false;
  try {
    const url = await steps.deploy(release);
    isDeployed = true;
    // Another one than before: deployments last longer than a token may live.
    const token = await steps.fetchToken().catch((error: unknown) => {
      steps.report(`The smoke test has no token. ${messageOf(error)}`);
      return undefined;
    });
    if (token === undefined) return 'unverified';
    await steps.smokeTest(release, url, token);
    return 'deployed';
  } catch (error) {
    steps.report(`${isDeployed ? 'The smoke test' : 'The deployment'} failed. ${messageOf(error)}`);
    return 'failed';
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
