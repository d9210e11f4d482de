/**
 * Synthesizes the stacks offline, with default and with the most different settings, treating findings as errors, and lints
 * the templates with cfn-lint; skips the latter with a message if there is no Python. Then proves what each role may call, by
 * a simulator of IAM. Installs the packages that these need.
 */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { INFRA, install, SIMULATOR } from '@tandem/cdk/packages';
import { installPython } from './python.ts';
import { run } from '@tandem/cli/run';
import { serviceNames } from '@tandem/contracts/topology';

const ROOT = join(import.meta.dirname, '..');
const OUT = join(ROOT, '.cache/cdk.out');
const keySet = 'auth={"issuer":"i","audience":"a","jwksUrl":"data:application/json,{}"}';
const domain = 'domain={"name":"shop.example.com","zone":{"id":"Z1","name":"example.com"}}';

const services = `services=${JSON.stringify(serviceNames)}`;

const variants: Readonly<Record<string, readonly string[]>> = {
  'default settings': ['stage=all'],
  'interface endpoints': ['stage=production', 'egress=endpoints', keySet, domain, services],
  'IPv6, canary, customer managed key': [
    'stage=production',
    'egress=ipv6',
    'deployment=canary',
    'customerKey=true',
    services,
    'spot=true',
    domain,
    'waf={"requestsPerFiveMinutes":2000}',
  ],
  'CloudFront, blue/green with a test, steady capacity, backups, an account': [
    'stage=production',
    'account=333344445555',
    'deployment=blueGreen',
    'deploymentTest={"tokenUrl":"https://issuer.example.com/token","clientId":"smoke","clientSecretName":"smoke"}',
    'capacity=steady',
    'cloudFront={"prefixListId":"pl-3b927c52"}',
    'backup={"vaultArn":"arn:aws:backup:us-east-1:222233334444:backup-vault:tandem"}',
    'traces={"xray":true}',
    'natGateways=2',
    'probe=false',
    services,
    domain,
  ],
  'roles for GitHub': ['stage=pipeline', 'repository=acme/tandem'],
};

install(INFRA);
install(SIMULATOR);
const cdk = join(ROOT, 'node_modules/.bin/cdk');
const python = await installPython('cfn-lint', join(import.meta.dirname, 'cfn-lint/requirements.txt'));

for (const [name, context] of Object.entries(variants)) {
  const begun = performance.now();
  const output = join(OUT, name.replaceAll(/[^a-z0-9]+/gi, '-'));
  const options = [...context, 'placeholders=allowed'].flatMap((it) => ['--context', it]);
  const synth = await run(cdk, ['synth', '--quiet', '--output', output, ...options], { cwd: ROOT });
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  const templates = globSync(join(output, '*.template.json'));
  console.log(`${name}: ${synth.code === 0 ? `${templates.length} stacks in ${seconds} s` : synth.output}`);
  if (synth.code !== 0) process.exitCode = 1;
  if (synth.code !== 0 || !python) continue;
  const config = ['--config-file', join(import.meta.dirname, 'cfn-lint/cfnlintrc.yaml')];
  const lint = await run(python.command('cfn-lint'), [...config, '--', ...templates], { isShown: true });
  if (lint.code !== 0) process.exitCode = 1;
  else console.log(`  cfn-lint: no findings`);
}

const proof = await run(process.execPath, ['--test', 'infra/src/**/privileges.test.ts'], {
  cwd: ROOT,
  isShown: true,
});
if (proof.code !== 0) process.exitCode = 1;
