import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { resources, synthesizeAll } from './testing/synth.ts';

const deployment = readFileSync(new URL('../../docs/deployment.md', import.meta.url), 'utf8');

/**
 * Services of AWS that act by a service-linked role, by the resources of ours that need it. In an empty account the first of
 * these may be created before the role is (https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/818).
 */
const roles: Readonly<Record<string, string>> = {
  'AWS::ECS::Cluster': 'ecs.amazonaws.com',
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 'elasticloadbalancing.amazonaws.com',
  'AWS::ApplicationAutoScaling::ScalableTarget': 'ecs.application-autoscaling.amazonaws.com',
  'AWS::DynamoDB::GlobalTable': 'dynamodb.application-autoscaling.amazonaws.com',
};

test('the service-linked roles that the stacks need are created before the first deployment (oracle 1)', () => {
  const templates = synthesizeAll({ capacity: { mode: 'provisioned', minUnits: 5, maxUnits: 50 } });
  const [, services = ''] =
    /for service in ([^;]+); do\n[^`]*create-service-linked-role/.exec(deployment) ?? [];
  for (const [type, service] of Object.entries(roles)) {
    assert.ok(resources(templates, type).length > 0, type);
    assert.ok(services.split(' ').includes(service.replace('.amazonaws.com', '')), `${service} for ${type}`);
  }
});
