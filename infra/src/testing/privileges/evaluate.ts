import type { Granted, Identity } from './policies.ts';
import { ACCOUNT } from './resources.ts';

/** What is used here of the simulator, whose types are missing where it is not installed. */
interface Simulator {
  readonly runSimulation: (simulation: object, options: object) => Promise<Answer>;
}

type Answer =
  | { readonly resultType: 'error'; readonly errors: { readonly message: string } }
  | {
      readonly resultType: 'single' | 'wildcard';
      readonly overallResult: 'Allowed' | 'ExplicitlyDenied' | 'ImplicitlyDenied';
    };

const SIMULATOR: string = '@cloud-copilot/iam-simulate';
const { runSimulation } = (await import(SIMULATOR)) as Simulator;

/** How the evaluator says that IAM knows the action, and not for such a resource. */
const INAPPLICABLE = ['must.use.wildcard', 'no.resource.types'];

/** What IAM says to a request of a principal of the same account, over TLS. Throws for what it does not know. */
export async function evaluate(
  { arn, statements }: Identity,
  action: string,
  resource: string,
  resourcePolicies: Granted['resourcePolicies'],
): Promise<'Allowed' | 'ExplicitlyDenied' | 'ImplicitlyDenied' | 'Inapplicable'> {
  const policy = resourcePolicies.get(resource);
  const answer = await runSimulation(
    {
      request: {
        principal: arn,
        action,
        resource: { resource, accountId: ACCOUNT },
        contextVariables: { 'aws:SecureTransport': 'true' },
      },
      identityPolicies: [{ name: 'attached', policy: { Version: '2012-10-17', Statement: statements } }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(policy ? { resourcePolicy: { Version: '2012-10-17', Statement: policy } } : {}),
    },
    {},
  );
  if (answer.resultType !== 'error') return answer.overallResult;
  if (INAPPLICABLE.includes(answer.errors.message)) return 'Inapplicable';
  throw new Error(`${action} on ${resource}: ${JSON.stringify(answer.errors)}`);
}
