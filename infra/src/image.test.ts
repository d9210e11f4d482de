import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CloudFormation, resources, synthesize } from './testing/synth.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
const registry = '111122223333.dkr.ecr.eu-west-1.amazonaws.com';
const images = {
  product: `${registry}/tandem/product@${digest}`,
  cart: `${registry}/tandem/cart@${digest}`,
};

/** The image of a service's task, its intrinsics as text. */
function imageOf(template: CloudFormation): string {
  const [task] = resources({ product: template }, 'AWS::ECS::TaskDefinition');
  return JSON.stringify(task?.Properties['ContainerDefinitions'][0].Image);
}

/** What the roles of a stack may pull: the resources of each action of ECR. */
function pulls(template: CloudFormation): string[] {
  const statements = resources({ product: template }, 'AWS::IAM::Policy').flatMap(
    ({ Properties }) =>
      Properties['PolicyDocument'].Statement as { Action: string | string[]; Resource: unknown }[],
  );
  return statements
    .filter(({ Action }) => [Action].flat().includes('ecr:BatchGetImage'))
    .map(({ Resource }) => JSON.stringify(Resource));
}

test('by default the images are built from the sources, so that a first deployment needs no pipeline', () => {
  const { product } = synthesize();
  assert.match(imageOf(product), /container-assets-/);
});

test('an image by its digest is deployed as it is, in each stage, and only its repository may be pulled (F7)', () => {
  for (const stage of ['staging', 'production'] as const) {
    const { product, cart } = synthesize({ images }, { stage });
    for (const [service, template] of Object.entries({ product, cart })) {
      assert.match(imageOf(template), new RegExp(`111122223333.*eu-west-1.*/tandem/${service}@${digest}`));
      assert.doesNotMatch(JSON.stringify(template), /container-assets-/);
      const [repository, ...others] = pulls(template);
      assert.match(
        String(repository),
        new RegExp(`:ecr:eu-west-1:111122223333:repository/tandem/${service}"`),
      );
      assert.deepEqual(others, []);
    }
  }
});

test('tasks without IPv4 pull an image by its digest from the registry’s address of both versions', () => {
  const { product } = synthesize({ images, egress: 'ipv6' });
  const host = '111122223333.dkr-ecr.eu-west-1.on.aws';
  assert.equal(JSON.parse(imageOf(product)), `${host}/tandem/product@${digest}`);
  assert.equal(pulls(product).length, 1);
});

test('a tag, which may name another content tomorrow, and other registries are rejected', () => {
  for (const image of [
    `${registry}/tandem/product:latest`,
    `${registry}/tandem/product@sha256:1234`,
    `registry.example.com/tandem/product@${digest}`,
    `${registry}/tandem/Product@${digest}`,
  ])
    assert.throws(
      () => synthesize({ images: { product: image } }),
      /images\.product: expected an image of ECR/,
    );
});
