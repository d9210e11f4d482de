/** A stretch of a run at one rate. */
export interface Phase {
  readonly name: string;
  readonly seconds: number;
  /** Of the profile's rates. */
  readonly share: number;
  /** Whether the verdict counts it. */
  readonly isMeasured: boolean;
}

/** What a run must keep; what is absent is reported and not judged. No run may have an error. */
export interface Targets {
  /** Of each service's answers, in milliseconds. */
  readonly p99Ms?: number;
  /** How late the sender itself may be with one request in a hundred, or else latencies say nothing of the system. */
  readonly lateP99Ms?: number;
  /** From an acknowledged write at Product until Cart shows it, in milliseconds. */
  readonly propagationP99Ms?: number;
  /** CPU of each service's process, of a quarter of a core. Only where each has a process of its own. */
  readonly quarterPercent?: number;
  /** Resident memory of each service's process, in megabytes (10⁶ bytes). The same. */
  readonly residentMb?: number;
}

export interface Profile {
  readonly phases: readonly Phase[];
  readonly targets: Targets;
  /** Whether the system runs as a process a service by default, each with a quarter of a core, or in one process. */
  readonly mode: 'processes' | 'embedded';
}

export const profileNames = ['smoke', 'peak', '10x', 'soak', 'spike'] as const;
export type ProfileName = (typeof profileNames)[number];

const warmUp = (share: number, seconds = 10): Phase => ({
  name: 'warm-up',
  seconds,
  share,
  isMeasured: false,
});
const measured = (name: string, share: number, seconds: number): Phase => ({
  name,
  seconds,
  share,
  isMeasured: true,
});

/** Well below what is judged. */
const PUNCTUAL_MS = 20;

/** What the system promises on one task of 0.25 vCPU a service at its peak: CPU as its scaling has it, at most 60 %. */
export const taskTargets: Targets = {
  p99Ms: 50,
  lateP99Ms: PUNCTUAL_MS,
  quarterPercent: 60,
  residentMb: 200,
};

export const SOAK_MINUTES = 30;

/**
 * The profiles, as shares of the peak (`PEAK_PER_MINUTE`):
 * - `smoke`: a tenth for 10 s, to see that everything works.
 * - `peak`: 5,000 + 1,000 requests a minute for a minute, on a quarter of a core a service.
 * - `10x`: ten times as many, everything on this machine in one process.
 * - `soak`: the peak for half an hour, for what grows.
 * - `spike`: a tenth, then within a second ten times the peak for 20 s, as when a mail goes out to all customers, and back.
 */
export function profileOf(name: ProfileName, soakMinutes: number = SOAK_MINUTES): Profile {
  return profiles[name](soakMinutes);
}

const profiles: Readonly<Record<ProfileName, (soakMinutes: number) => Profile>> = {
  smoke: () => ({ phases: [warmUp(0.1, 2), measured('smoke', 0.1, 10)], targets: {}, mode: 'embedded' }),
  peak: () => ({ phases: [warmUp(1), measured('peak', 1, 60)], targets: taskTargets, mode: 'processes' }),
  '10x': () => ({
    phases: [warmUp(10), measured('10x', 10, 60)],
    targets: { p99Ms: 100, lateP99Ms: PUNCTUAL_MS, propagationP99Ms: 1_000 },
    mode: 'embedded',
  }),
  soak: (minutes) => ({
    phases: [warmUp(1), measured('soak', 1, minutes * 60)],
    targets: taskTargets,
    mode: 'processes',
  }),
  spike: () => ({
    phases: [
      warmUp(0.1, 5),
      measured('before', 0.1, 10),
      measured('spike', 10, 20),
      measured('after', 0.1, 20),
    ],
    targets: {},
    mode: 'embedded',
  }),
};

/** Seconds from the start of the run until what is measured begins and ends. */
export function measuredSpan(phases: readonly Phase[]): { readonly from: number; readonly to: number } {
  const lead = phases.findIndex(({ isMeasured }) => isMeasured);
  const sum = (some: readonly Phase[]) => some.reduce((seconds, phase) => seconds + phase.seconds, 0);
  return { from: sum(phases.slice(0, lead)), to: sum(phases) };
}
