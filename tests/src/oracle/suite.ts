/**
 * Deploys staging to an independent implementation of AWS, as docs/deployment.md says, uses it, and tears it down. Run by
 * `npm run test:oracle`, not by `npm test`, because it needs Python and minutes. The tests share the stage, in their order.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { mintToken } from '@tandem/emulators/issuer';
import { startCommand } from '../support/command.ts';
import { missingTool, readTour, runTour } from '../support/tour.ts';
import { until } from '../support/until.ts';
import { openAwsCalls } from './aws-calls.ts';
import { isAllowed, isGranted, principalRoles, probes } from './access.ts';
import { deleteCart, sendMessage } from './damage.ts';
import { PREFIX } from './deployment.ts';
import differences from './differences.json' with { type: 'json' };
import documents from './documents.json' with { type: 'json' };
import { inOrder, readBlocks, runBlocks } from './documents.ts';
import { REGION, sdkEnvironment } from './ministack.ts';
import { plants } from './plants.ts';
import { actionsAskedFor, unsupportedTypes } from './probe.ts';
import { checkByApi } from './second-oracle.ts';
import { missingCommand, openShell } from './shell.ts';
import { deployStage, type EmptyAccount, openAccount, type OracleStage } from './stage.ts';
import { sessionOf } from './tasks.ts';
import { remains, retained, tearDown } from './remains.ts';

// oxlint-disable-next-line node/no-process-env -- set by scripts/test-oracle.ts
const { ORACLE_BIN: bin = '', ORACLE_PLANT: plantName } = process.env;
const python = join(bin, 'python');
const plant = plantName === undefined ? undefined : plants[plantName];
if (plantName !== undefined && !plant)
  throw new Error(`no fault is named ${plantName}: use ${Object.keys(plants).join(', ')}`);

const POISONED = 'cart-product-updates-queue';
const DLQ = 'cart-product-updates-dlq';
/** A message is received after 1, 5, 25 and 125 s again. */
const DEAD_LETTER_MS = 300_000;
/** Lambda waits up to a minute for a batch of Analytics. */
const ANALYTICS_MS = 90_000;

let account: EmptyAccount;
let stage: OracleStage;
const begun = performance.now();
const onStep = (step: string) =>
  process.stdout.write(`${((performance.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${step}\n`);

/** Runs a command of this repository as an operator with all permissions does. */
async function operate(module: string, ...args: readonly string[]) {
  const env = { ...sdkEnvironment(stage.ministack, stage.ministack.root), ...stage.front.env };
  const cwd = stage.folder;
  return startCommand(module, args, { env, cwd }).exit;
}

before(async () => {
  account = await openAccount({ python, plant, onStep });
});
after(() => (stage ?? account)?.[Symbol.asyncDispose]());

test('the reviewed list names what the emulator lacks, and nothing else', async () => {
  onStep('what the emulator lacks');
  const { call, original } = account;
  assert.deepEqual(
    await unsupportedTypes(call, original.templates.values()),
    Object.keys(differences.unsupported).sort(),
    'the types of CloudFormation that MiniStack does not know: correct "unsupported" in differences.json',
  );
  assert.deepEqual(await actionsAskedFor(call, differences.actions), differences.actions);
});

test('what MiniStack lacks is accepted, and kept, by a second implementation', async () => {
  onStep('what a second implementation has');
  const credentials = account.ministack.root;
  await using moto = openAwsCalls({ python, credentials, env: { AWS_DEFAULT_REGION: REGION }, isMoto: true });
  const { checked, found } = await checkByApi(
    moto.call,
    account.original.templates,
    account.assembly.lacks,
    differences,
  );
  assert.deepEqual(found, []);
  onStep(`  ${checked} resources`);
});

test('the stage is bootstrapped and deployed, and its services become healthy', async () => {
  stage = await deployStage(account, onStep);
  await sendMessage(stage.call, POISONED, 'no JSON');
});

// Before any other test, since it shows the figures of all carts.
test("the README's tour has its output at the deployed URL", { skip: missingTool() }, async (t) => {
  onStep("README's tour");
  const host = new URL(stage.url).host;
  await runTour(t, await readTour(), { host, env: stage.front.env, deadlineMs: ANALYTICS_MS });
});

test('the smoke test passes at the deployed URL', async () => {
  onStep('smoke test');
  const TOKEN = await mintToken({ subject: 'smoke', scopes: ['products:write'] });
  const env = { ...stage.front.env, TOKEN };
  const { code, stdout, stderr } = await startCommand(
    '@tandem/smoke/main',
    [stage.url, '--deadline', '60s'],
    {
      env,
    },
  ).exit;
  assert.equal(code, 0, stdout + stderr);
});

test('each principal may call what it needs, and nothing else', async () => {
  onStep('permissions');
  const roles = await principalRoles(stage.call);
  assert.ok(roles.size >= 5, `only ${[...roles.keys()].join()} have roles`);
  const wrong: string[] = [];
  let granted = 0;
  let denied = 0;
  for (const [principal, role] of roles) {
    const credentials = await sessionOf(stage.call, role);
    const check = async (probe: ReturnType<typeof probes>[number]) => {
      const isMeant = isGranted(principal, probe);
      if (isMeant) granted += 1;
      else denied += 1;
      if ((await isAllowed(stage.call, probe, credentials)) !== isMeant)
        wrong.push(
          `${principal}: ${probe.action} (${probe.request[1]}) on ${probe.resource} is ${isMeant ? 'denied' : 'allowed'}`,
        );
    };
    await Promise.all(probes().map(check));
  }
  assert.deepEqual(wrong, []);
  onStep(`  ${granted} calls allowed, ${denied} denied`);
  assert.ok(granted > 20 && denied > 200);
});

test('npm run audit finds no difference, and repairs one', async () => {
  onStep('npm run audit');
  const args = ['--aws', '--prefix', PREFIX, '--settle', '1'];
  const sound = await until(
    () => operate('@tandem/audit/main', ...args),
    ({ code }) => code === 0,
    { deadlineMs: 60_000 },
  );
  assert.match(sound.stdout, /no difference/, sound.stderr);
  await deleteCart(stage);
  const damaged = await operate('@tandem/audit/main', ...args);
  assert.equal(damaged.code, 1, damaged.stdout + damaged.stderr);
  const repaired = await operate('@tandem/audit/main', ...args, '--repair');
  assert.equal(repaired.code, 0, repaired.stdout + repaired.stderr);
});

for (const file of ['docs/runbook.md', 'docs/deployment.md'] as const) {
  test(`the commands of ${file} run`, { skip: missingCommand() }, async (t) => {
    onStep(file);
    const exceptions = documents[file];
    const { blocks, used } = await readBlocks(file, exceptions);
    const unused = [...Object.keys(exceptions.sections), ...Object.keys(exceptions.lines)].filter(
      (it) => !used.has(it),
    );
    assert.deepEqual(unused, [], 'these exceptions of documents.json are needed no longer');
    await using shell = await openShell(stage, python);
    const results = await runBlocks(inOrder(blocks), shell);
    for (const { name, failure } of results) await t.test(name, () => assert.equal(failure, undefined));
  });
}

test('a message that cannot be applied is dead-lettered, shown and redriven by npm run dlq', async () => {
  onStep('dead letters');
  const aws = ['--aws', '--prefix', PREFIX] as const;
  const line = new RegExp(`^${DLQ} +1 `, 'm');
  await until(
    () => operate('@tandem/dlq/main', 'list', ...aws),
    ({ stdout }) => line.test(stdout),
    { deadlineMs: DEAD_LETTER_MS, intervalMs: 2_000 },
  );
  const shown = await operate('@tandem/dlq/main', 'show', DLQ, ...aws);
  assert.match(shown.stdout, /no JSON/, shown.stderr);
  const redriven = await operate('@tandem/dlq/main', 'redrive', DLQ, '--force', ...aws);
  assert.match(redriven.stdout, new RegExp(`^sent 1 to ${POISONED}$`, 'm'), redriven.stderr);
});

test('cdk diff finds no difference after the deployment', async () => {
  onStep('cdk diff');
  const output = await stage.commands.diff();
  const stacks = stage.assembly.assembly.templates.size;
  assert.equal(output.match(/There were no differences/g)?.length, stacks, output);
});

test('cdk destroy leaves what docs/deployment.md says', async () => {
  onStep('cdk destroy');
  const kept = await tearDown(stage);
  assert.ok(kept.length > 0, 'no stack had termination protection');
  assert.deepEqual(await remains(stage.call), retained(stage.assembly.assembly.templates.values()));
});
