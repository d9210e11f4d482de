import { serviceNames } from '@tandem/contracts/topology';
import { z } from 'zod';

/** An integer from `min` to `max`. */
export const count = (min: number, max: number) => z.int().min(min).max(max);

/** Domain of the public URL, with its certificate. */
export const domain = z
  .strictObject({
    name: z.hostname().describe('Host name of the public URL'),
    zone: z
      .strictObject({ id: z.string(), name: z.hostname() })
      .optional()
      .describe(
        'Route 53 hosted zone for the alias record, and for DNS validation of the certificate unless certificateArn is set',
      ),
    certificateArn: z
      .string()
      .startsWith('arn:')
      .optional()
      .describe('ARN of an ACM certificate in this region'),
  })
  .refine(
    ({ zone, certificateArn }) => zone ?? certificateArn,
    'neither certificateArn nor zone is set: set at least one',
  );

/** Images by service, each in an ECR repository and named by its digest, which another content cannot have. */
export const images = z.partialRecord(
  z.enum(serviceNames),
  z
    .string()
    .regex(
      /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?\/[a-z0-9._/-]+@sha256:[0-9a-f]{64}$/,
      'expected an image of ECR by its digest, such as 111122223333.dkr.ecr.us-east-1.amazonaws.com/tandem/product@sha256:…',
    ),
);
