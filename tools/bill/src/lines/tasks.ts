import { figure, plus, times } from '../formula.ts';
import { type Billed, line, type Line } from '../line.ts';

/** Lines of the tasks of each service, as many as its requests need. */
export function taskLines({ facts, usage, pricing }: Billed): Line[] {
  return Object.entries(facts.services).map(([service, { vcpu, memoryGb, isArm }]) => {
    const architecture = isArm ? 'Arm' : 'X86';
    const hourly = plus(
      pricing.costOf(figure(vcpu), `fargate${architecture}VcpuHour`),
      pricing.costOf(figure(memoryGb), `fargate${architecture}GbHour`),
    );
    return line('tasks', `Fargate, ${service}`, times(usage.taskHoursOf(service), hourly));
  });
}
