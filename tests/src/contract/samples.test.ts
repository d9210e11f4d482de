import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { client } from '../support/http.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

const productUpdated =
  '{"eventType":"ProductUpdated","productId":"prod-123","name":"Acme Widget","price":1999,"currency":"USD","inventory":120,"updatedAt":"2026-02-14T15:00:00Z","version":42}';
const productAddedToCart =
  '{"eventType":"ProductAddedToCart","cartId":"cart-abc","userId":"user-123","productId":"prod-123","priceAtAdd":1999,"qty":2,"timestamp":"2026-02-14T15:05:00Z","cartVersion":10}';

function publisher(endpoint: string) {
  const sns = new SNSClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
  return async (topic: string, body: string) => {
    const { eventType } = JSON.parse(body) as { eventType: string };
    await sns.send(
      new PublishCommand({
        TopicArn: `arn:aws:sns:us-east-1:000000000000:${topic}`,
        Message: body,
        MessageAttributes: { eventType: { DataType: 'String', StringValue: eventType } },
      }),
    );
  };
}
