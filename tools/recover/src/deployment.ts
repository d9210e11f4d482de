import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { patientDriver } from '@tandem/audit/aws-tables';
import type { AwsDeployment } from '@tandem/cli/target';
import type { TableName } from '@tandem/contracts/topology';
import type { Driver } from '@tandem/storage/driver';
import { type CallDynamo, createDynamoCalls } from '@tandem/storage/dynamodb-calls';

/** Tables of a deployment on AWS. */
export interface Deployment extends Disposable {
  readonly client: DynamoDBClient;
  readonly calls: CallDynamo;
  /** Physical name of a table. */
  readonly nameOf: (table: TableName) => string;
  /** Driver of a table by its physical name. */
  readonly driverOf: (name: string) => Driver;
}

/** Attempts of a call: recovery waits for capacity rather than fail. */
const MAX_ATTEMPTS = 8;

/** Opens a deployment with the SDK's own credentials. `region` defaults to the environment's. */
export function openDeployment({ region, prefix }: AwsDeployment): Deployment {
  const client = new DynamoDBClient({ maxAttempts: MAX_ATTEMPTS, ...(region !== undefined && { region }) });
  const calls = createDynamoCalls(client);
  return {
    client,
    calls,
    nameOf: (table) => prefix + table,
    driverOf: (name) => patientDriver(calls, name),
    [Symbol.dispose]: () => client.destroy(),
  };
}
