import type { Plant } from './deployment.ts';

/** Faults by which one sees that the suite turns red: `npm run test:oracle -- --plant NAME`. */
export const plants: Readonly<Record<string, Plant>> = {
  /** Product's relay may not publish. */
  'missing-grant': change('AWS::IAM::Policy', /dynamodb:GetRecords.*product-events-topic/, (json) =>
    json.replace('"sns:Publish"', '"sns:GetTopicAttributes"'),
  ),
  /** The relays are invoked for removals alone. */
  'wrong-filter': change('AWS::Lambda::EventSourceMapping', /hasEvents/, (json) =>
    json.replaceAll('hasEvents', 'hasEvent'),
  ),
  /** A message that Cart cannot apply is received until it expires. */
  'missing-dlq': change('AWS::SQS::Queue', /cart-product-updates-queue"/, (json) =>
    json.replace('"RedrivePolicy"', '"Metadata"'),
  ),
  /** Product's tasks use a table that is not theirs. */
  'wrong-variable': change('AWS::ECS::TaskDefinition', /staging-products/, (json) =>
    json.replace('"staging-products"', '"products"'),
  ),
  /** No request finds Cart. */
  'wrong-rule': change('AWS::ElasticLoadBalancingV2::ListenerRule', /"\/carts/, (json) =>
    json.replaceAll('"/carts', '"/baskets'),
  ),
};

/** Changes the properties of the resources of a type that match. */
function change(type: string, matching: RegExp, edit: (json: string) => string): Plant {
  return (resource) => {
    const json = JSON.stringify(resource.Properties ?? {});
    if (resource.Type !== type || !matching.test(json)) return resource;
    const { Metadata: _, ...Properties } = JSON.parse(edit(json)) as Record<string, unknown>;
    return { ...resource, Properties };
  };
}
