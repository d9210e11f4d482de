import { SERVICES } from '../facts.ts';
import { figure, plus, times } from '../formula.ts';
import { type Billed, line, type Line } from '../line.ts';

/** Lines of the tasks of each service, as many as its requests need. */
export function taskLines({ facts, usage, pricing }: Billed): Line[] {
  return SERVICES.map((service) => {
    const { vcpu, memoryGb, isArm } = facts.services[service];
    const architecture = isArm ? 'Arm' : 'X86';
    const hourly = plus(
      times(figure(vcpu), pricing.priceOf(`fargate${architecture}VcpuHour`)),
      times(figure(memoryGb), pricing.priceOf(`fargate${architecture}GbHour`)),
    );
    const taskHours = usage.overPhases(({ hours, tasks }) => times(tasks[service], hours));
    return line('tasks', `Fargate, ${service}`, times(taskHours, hourly));
  });
}
