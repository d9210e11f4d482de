import { z } from 'zod';

/** The account that a stage belongs to. */
export const account = z
  // On the command line, `-c account=…` is a number.
  .union([z.string(), z.int().transform(String)])
  .pipe(z.string().regex(/^\d{12}$/, 'expected the 12 digits of an account'))
  .describe(
    'AWS account of the stage: commands with credentials of another one fail; default: that of the credentials',
  );

export const natGateways = z
  .literal([1, 2])
  .default(1)
  .describe(
    'NAT gateways of egress "nat": one for both zones, whose outage stops both, or one a zone for $36.50 more a month',
  );

const MIN_PREFIX = 16;
const MAX_PREFIX = 24;

export const cidr = z
  .cidrv4()
  .refine(
    (block) => Number(block.split('/')[1]) >= MIN_PREFIX && Number(block.split('/')[1]) <= MAX_PREFIX,
    `expected a block of /${MIN_PREFIX} to /${MAX_PREFIX}, for four subnets`,
  )
  .describe('IPv4 block of the VPC, so that it can be peered with others; default: 10.0.0.0/16');

/** Id of EC2: of 8 hexadecimal digits before 2018, of 17 since. */
const idOf = (kind: string) =>
  z.string().regex(new RegExp(`^${kind}-(?:[0-9a-f]{8}|[0-9a-f]{17})$`), `expected an id of EC2: ${kind}-…`);

const subnet = idOf('subnet');

/** An existing VPC. Its routes decide on the egress of tasks, who need the internet or the endpoints of AWS that they call. */
export const ownVpc = z
  .strictObject({
    id: idOf('vpc'),
    availabilityZones: z.array(z.string()).min(2).describe('Zones of the subnets, in their order'),
    publicSubnets: z.array(subnet).min(2).describe('Subnets of the load balancer, one a zone'),
    taskSubnets: z.array(subnet).min(2).describe('Subnets of the tasks, one a zone'),
  })
  .refine(
    ({ availabilityZones, publicSubnets, taskSubnets }) =>
      publicSubnets.length === availabilityZones.length && taskSubnets.length === availabilityZones.length,
    'each zone has one public subnet and one for tasks: list as many of each',
  )
  .describe(
    'Your own VPC instead of a new one: no subnets, NAT gateways, endpoints or flow logs are created',
  );
