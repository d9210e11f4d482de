import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SignatureV4 } from '@smithy/signature-v4';
import { SNSClient } from '@aws-sdk/client-sns';
import * as fc from 'fast-check';
import { createCallSigner } from './sign-call.ts';

const visible = fc.stringMatching(/^[\w+/=.:-]{1,40}$/);
const credentials = fc.record(
  { accessKeyId: visible, secretAccessKey: visible, sessionToken: visible },
  { requiredKeys: ['accessKeyId', 'secretAccessKey'] },
);
const calls = fc.record({
  host: fc.constantFrom('127.0.0.1:8000', 'dynamodb.eu-central-1.amazonaws.com'),
  target: fc.constantFrom('DynamoDB_20120810.GetItem', 'AmazonSQS.ReceiveMessage', undefined),
  contentType: fc.constant('application/x-amz-json-1.0'),
  body: fc.json(),
});
const times = fc.date({ min: new Date('2026-01-01'), max: new Date('2030-01-01'), noInvalidDate: true });

test('every call is signed as by the SDK, over rotated and temporary credentials and the change of the day', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('us-east-1', 'eu-central-1'),
      fc.array(fc.tuple(credentials, calls, times), { minLength: 1, maxLength: 6 }),
      async (region, steps) => {
        let [[current]] = steps as [(typeof steps)[number]];
        const { sha256 } = new SNSClient({ region }).config;
        const sdk = new SignatureV4({
          service: 'dynamodb',
          region,
          credentials: async () => current,
          sha256,
        });
        const sign = createCallSigner(
          async () => region,
          async () => current,
        );
        for (const [identity, call, at] of steps) {
          current = identity;
          const { host, target, contentType, body } = call;
          const { headers } = await sdk.sign(
            {
              method: 'POST',
              protocol: 'https:',
              hostname: host,
              path: '/',
              query: {},
              headers: {
                host,
                'content-type': contentType,
                ...(target !== undefined && { 'x-amz-target': target }),
              },
              body,
            },
            { signingDate: at },
          );
          assert.deepEqual(await sign(call, at), headers);
        }
      },
    ),
  );
});

test('credentials that cannot be found reject the call', async () => {
  const sign = createCallSigner(
    async () => 'us-east-1',
    () => Promise.reject(new Error('no credentials')),
  );
  const call = { host: 'localhost', target: 'DynamoDB_20120810.GetItem', contentType: 'any', body: '{}' };
  await assert.rejects(sign(call), /no credentials/);
});
