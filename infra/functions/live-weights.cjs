// Custom resource: reads the weights with which the listener's rule without a header condition forwards to two target groups.
const elb = require('@aws-sdk/client-elastic-load-balancing-v2');

const groupsOf = ({ TargetGroupArn, ForwardConfig }) =>
  ForwardConfig?.TargetGroups ?? [{ TargetGroupArn, Weight: 1 }];

const isOf =
  (groups) =>
  ({ Conditions, Actions }) =>
    !Conditions.some(({ Field }) => Field === 'http-header') &&
    Actions.flatMap(groupsOf).some(({ TargetGroupArn }) => groups.includes(TargetGroupArn));

/** Calls again while a new policy has not reached the load balancer yet. */
async function describeRules(ListenerArn, attempts = 6) {
  try {
    return await new elb.ElasticLoadBalancingV2Client({}).send(
      new elb.DescribeRulesCommand({ ListenerArn, PageSize: 400 }),
    );
  } catch (error) {
    if (attempts === 1 || !/AccessDenied/.test(error.name)) throw error;
    await new Promise((resolve) => setTimeout(resolve, 3000));
    return describeRules(ListenerArn, attempts - 1);
  }
}

/** Throws for an update that would send the requests to a group that does not have them: a new one has no tasks. */
async function weightsOf(RequestType, { ListenerArn, TargetGroupArns }, old = {}) {
  const { Rules } = await describeRules(old.ListenerArn ?? ListenerArn);
  const rule = Rules.find(isOf([...TargetGroupArns, ...(old.TargetGroupArns ?? [])]));
  const groups = rule ? groupsOf(rule.Actions.at(-1)) : [];
  const weights = TargetGroupArns.map((arn) => groups.find((it) => it.TargetGroupArn === arn)?.Weight ?? 0);
  if (weights.some((weight) => weight > 0)) return weights;
  if (RequestType === 'Create') return [1, 0];
  throw new Error(
    'none of its target groups has requests, so that they would reach an empty one; it was replaced: docs/runbook.md, "A canary has two target groups"',
  );
}

exports.handler = async ({
  RequestType,
  ResponseURL,
  ResourceProperties,
  OldResourceProperties,
  ...request
}) => {
  const respond = (result) => {
    const { StackId, RequestId, LogicalResourceId, PhysicalResourceId = LogicalResourceId } = request;
    const body = JSON.stringify({ StackId, RequestId, LogicalResourceId, PhysicalResourceId, ...result });
    return fetch(ResponseURL, { method: 'PUT', body });
  };
  try {
    const [First, Second] =
      RequestType === 'Delete'
        ? [1, 0]
        : await weightsOf(RequestType, ResourceProperties, OldResourceProperties);
    await respond({ Status: 'SUCCESS', Data: { First, Second } });
  } catch (error) {
    await respond({
      Status: 'FAILED',
      Reason: `The weights of the listener rule were not read: ${error.message}`,
    });
  }
};
