import { defineService } from '@tandem/runtime/define-service';
import { createAnalyticsService } from './app.ts';

/** Definition of the Analytics service. */
export const service = defineService('analytics', {
  variables: {},
  create: (deps) => createAnalyticsService(deps),
});
