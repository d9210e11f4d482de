import { Duration } from 'aws-cdk-lib';

/**
 * Time for which Lambda collects messages before it invokes a consumer: a thousand events a minute cost one or two invocations
 * and the transactions of one batch.
 */
export const BATCH_WINDOW = Duration.seconds(60);

/** Largest batch. At the load that the system is built for, the window ends earlier; a backlog is read in batches of this size. */
export const BATCH_SIZE = 2_000;

/** The minimum of Lambda. A consumer that scaled out would write against its own table, and a runaway would cost more. */
export const MAX_CONCURRENCY = 2;

/** Of a batch, even one whose calls are retried. */
export const CONSUMER_TIMEOUT = Duration.seconds(60);

/** Of a request: below the idle timeout of the load balancer. */
export const API_TIMEOUT = Duration.seconds(30);

/**
 * Visibility timeout of the queue of a function. AWS advises six times the timeout of the function plus the window, so that a
 * message is not received again while Lambda retries a throttled invocation.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
export const VISIBILITY_TIMEOUT = Duration.seconds(
  6 * CONSUMER_TIMEOUT.toSeconds() + BATCH_WINDOW.toSeconds(),
);
