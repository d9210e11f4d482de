import { topology } from '@tandem/contracts/topology';
import { layOut } from './layout.ts';

/** Layout of this system's topology. */
export const picture = layOut(topology);
