import { SNSClient } from '@aws-sdk/client-sns';
import { callTimeouts } from '@tandem/chassis/aws';
import { configOrExit } from '@tandem/chassis/config';
import { runService } from '@tandem/chassis/run-service';
import { openDynamoTable } from '@tandem/storage/open-dynamodb';
import { createProductService } from './app.ts';
import { productConfig } from './config.ts';

const config = configOrExit(productConfig, process.env);

await runService('product', config, (deps) =>
  createProductService({
    ...deps,
    table: openDynamoTable(config.TABLE_NAME, deps.metrics),
    sns: new SNSClient({ requestHandler: callTimeouts }),
    topicArn: config.TOPIC_ARN,
    readCacheMs: config.READ_CACHE_MS,
    holdSeconds: config.HOLD_SECONDS,
  }),
);
