import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Lets a finding of the checks stand, for a reason that names what is traded for what. */
export function acknowledge(construct: IConstruct, reasons: Readonly<Record<string, string>>): void {
  for (const [id, reason] of Object.entries(reasons)) Validations.of(construct).acknowledge({ id, reason });
}
