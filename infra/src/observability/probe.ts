import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { ServiceName } from '@tandem/contracts/topology';
import type { Construct } from 'constructs';
import { createHelperFunction } from '../context/helper-function.ts';
import type { Names } from '../names.ts';
import type { Settings } from '../settings.ts';

/** Name of the function, after the prefix of the stage. */
export const PROBE = 'probe';
/** Services that the probe calls. */
const PROBED: readonly ServiceName[] = ['product', 'cart'];
/** Four requests, each of which is repeated for 10 s, and the timeout of the last attempt. */
const TIMEOUT = Duration.seconds(60);

/** Interval of the probe in minutes; undefined where there is none: switched off, or without the services that it calls. */
export function probeMinutes({ probe, services }: Settings): number | undefined {
  return probe !== false && PROBED.every((service) => services.includes(service))
    ? probe.everyMinutes
    : undefined;
}

export interface ProbeProps {
  readonly settings: Settings;
  readonly names: Names;
  readonly key: IKey | undefined;
  /** Directory of its bundle. */
  readonly code: string;
  /** Public base URL of the shop. */
  readonly url: string;
  readonly everyMinutes: number;
}

/** Creates the function that uses the shop as a shopper does, and its schedule. In no network: it calls the public URL. */
export function createProbe(
  scope: Construct,
  { settings, names, key, code, url, everyMinutes }: ProbeProps,
): void {
  const { helper, policy } = createHelperFunction(scope, 'Probe', {
    functionName: names.of(PROBE),
    description: 'Lists the catalog and opens a cart through the public URL; writes nothing',
    settings,
    key,
    code: lambda.Code.fromAsset(code),
    handler: 'main.handler',
    memorySize: 256,
    timeout: TIMEOUT,
    environment: { SHOP_URL: url },
  });
  const schedule = new events.Rule(scope, 'ProbeSchedule', {
    ruleName: names.of(PROBE),
    description: 'Invokes the probe of the shop',
    schedule: events.Schedule.rate(Duration.minutes(everyMinutes)),
    targets: [new LambdaFunction(helper)],
  });
  schedule.node.addDependency(policy);
}
