/** Part of a run at a constant rate. */
export interface Phase {
  readonly name: string;
  readonly seconds: number;
  /** Share of the peak rate. */
  readonly share: number;
  /** Whether its requests count in the verdict. */
  readonly isMeasured: boolean;
}

/** Targets of a run. Metrics without a target are reported only. Errors always fail a run. */
export interface Targets {
  /** p99 latency of each service, in milliseconds. */
  readonly p99Ms?: number;
  /** p99 of the sender's own lateness, beyond which latencies say nothing about the system, in milliseconds. */
  readonly lateP99Ms?: number;
  /** p99 from an acknowledged write at Product until Cart shows it, in milliseconds. */
  readonly propagationP99Ms?: number;
  /** CPU of each service in percent of 0.25 core. Only if each has its own process. */
  readonly quarterPercent?: number;
  /** Resident memory of each service, in megabytes (10⁶ bytes). Only if each has its own process. */
  readonly residentMb?: number;
}

export interface Profile {
  readonly phases: readonly Phase[];
  readonly targets: Targets;
  /** Default mode: one process per component, each service with 0.25 core, or the whole system in one process. */
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

/** Well below the latency targets. */
const MAX_SENDER_LATENESS_MS = 20;

/** Targets at the peak with one task of 0.25 vCPU per service; CPU as in the scaling policy, at most 60 %. */
export const taskTargets: Targets = {
  p99Ms: 50,
  lateP99Ms: MAX_SENDER_LATENESS_MS,
  quarterPercent: 60,
  residentMb: 200,
};

export const SOAK_MINUTES = 30;

/**
 * Load profiles, as shares of the peak (`PEAK_PER_MINUTE`):
 * - `smoke`: a tenth of the peak for 10 s, to check that everything works.
 * - `peak`: 5,000 + 1,000 requests a minute for a minute, on 0.25 core per service.
 * - `10x`: ten times the peak, with the whole system in one process.
 * - `soak`: the peak for half an hour, to find leaks.
 * - `spike`: a tenth of the peak, then suddenly ten times the peak for 20 s, as after a newsletter, and back.
 */
export function profileOf(name: ProfileName, soakMinutes: number = SOAK_MINUTES): Profile {
  return profiles[name](soakMinutes);
}

const profiles: Readonly<Record<ProfileName, (soakMinutes: number) => Profile>> = {
  smoke: () => ({ phases: [warmUp(0.1, 2), measured('smoke', 0.1, 10)], targets: {}, mode: 'embedded' }),
  peak: () => ({ phases: [warmUp(1), measured('peak', 1, 60)], targets: taskTargets, mode: 'processes' }),
  '10x': () => ({
    phases: [warmUp(10), measured('10x', 10, 60)],
    targets: { p99Ms: 100, lateP99Ms: MAX_SENDER_LATENESS_MS, propagationP99Ms: 1_000 },
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

/** Start and end of the measured phases, in seconds from the start of the run. */
export function measuredSpan(phases: readonly Phase[]): { readonly from: number; readonly to: number } {
  const lead = phases.findIndex(({ isMeasured }) => isMeasured);
  const durationOf = (part: readonly Phase[]) => part.reduce((seconds, phase) => seconds + phase.seconds, 0);
  return { from: durationOf(phases.slice(0, lead)), to: durationOf(phases) };
}
