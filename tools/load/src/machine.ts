import { execFileSync } from 'node:child_process';
import { arch, cpus, platform } from 'node:os';

/** Machine that results were measured on. They are not comparable with AWS, whose cores differ. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly platform: string;
  readonly node: string;
  /** RFC 3339, UTC. */
  readonly date: string;
  /** The commit, with `+` where files differ from it; `unknown` without git. */
  readonly revision: string;
}

export function machineFacts(): Machine {
  const all = cpus();
  return {
    cpu: all[0]?.model ?? 'unknown',
    cores: all.length,
    platform: `${platform()} ${arch()}`,
    node: process.version,
    date: new Date().toISOString(),
    revision: revision(),
  };
}

function revision(): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  try {
    return git('rev-parse', '--short=10', 'HEAD').trim() + (git('status', '--porcelain').trim() ? '+' : '');
  } catch {
    return 'unknown';
  }
}
