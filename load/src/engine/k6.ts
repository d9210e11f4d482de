import type { Engine } from './engine.ts';
export const k6Engine = (_f: string): Engine => {
  throw new Error('no');
};
