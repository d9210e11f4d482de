import { computed } from '@preact/signals';
import { subsetOf } from '@tandem/contracts/subset';
import { type ServiceName, serviceNames, topology } from '@tandem/contracts/topology';
import { about } from '../live.ts';

/** The services that run; all while no system is connected. */
export const runningServices = computed((): readonly ServiceName[] => {
  const urls = about.value?.urls;
  return urls ? serviceNames.filter((service) => service in urls) : serviceNames;
});

/** The topology of the services that run. */
export const running = computed(() =>
  runningServices.value === serviceNames ? topology : subsetOf(runningServices.value),
);
