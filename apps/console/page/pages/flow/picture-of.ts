import { topology } from '@tandem/contracts/topology';
import { layOut } from './layout.ts';

/** The picture of this system. */
export const picture = layOut(topology);
