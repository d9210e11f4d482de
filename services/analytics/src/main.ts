import { runService } from '@tandem/runtime/run-service';
import { service } from './service.ts';

await runService(service, process.env);
