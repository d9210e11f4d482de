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

/** `processes`: one per component, each service with 0.25 core; `embedded`: the whole system in one. */
export type Mode = 'processes' | 'embedded';

export interface Profile {
  readonly phases: readonly Phase[];
  readonly targets: Targets;
  /** Default mode. */
  readonly mode: Mode;
}

export const profileNames = ['smoke', 'peak', '10x', 'soak', 'spike'] as const;
export type ProfileName = (typeof profileNames)[number];

export const SOAK_MINUTES = 30;

/** Targets at the peak with one task of 0.25 vCPU per service; CPU as in the scaling policy, at most 60 %. */
export const taskTargets = {
  p99Ms: 50,
  lateP99Ms: 20,
  quarterPercent: 60,
  residentMb: 200,
} satisfies Targets;

export function warmUp(share: number, seconds: number): Phase {
  return { name: 'warm-up', seconds, share, isMeasured: false };
}

export function measured(name: string, share: number, seconds: number): Phase {
  return { name, seconds, share, isMeasured: true };
}

/** A load profile; `soakMinutes` is the duration of `soak`. */
export function profileOf(name: ProfileName, soakMinutes: number = SOAK_MINUTES): Profile {
  const overload = { p99Ms: 100, lateP99Ms: taskTargets.lateP99Ms, propagationP99Ms: 1_000 };
  const profiles: Readonly<Record<ProfileName, readonly [Mode, Targets, readonly Phase[]]>> = {
    smoke: ['embedded', {}, [warmUp(0.1, 2), measured('smoke', 0.1, 10)]],
    peak: ['processes', taskTargets, [warmUp(1, 10), measured('peak', 1, 60)]],
    '10x': ['embedded', overload, [warmUp(10, 10), measured('10x', 10, 60)]],
    soak: ['processes', taskTargets, [warmUp(1, 10), measured('soak', 1, soakMinutes * 60)]],
    spike: [
      'embedded',
      {},
      [warmUp(0.1, 5), measured('before', 0.1, 10), measured('spike', 10, 20), measured('after', 0.1, 20)],
    ],
  };
  const [mode, targets, phases] = profiles[name];
  return { mode, targets, phases };
}

/** The phase at a time in milliseconds from the start of the run; undefined after its end. */
export function phaseAt(phases: readonly Phase[], ms: number): Phase | undefined {
  let endMs = 0;
  return phases.find(({ seconds }) => ms < (endMs += seconds * 1000));
}
