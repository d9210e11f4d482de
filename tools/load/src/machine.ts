import { spawnSync } from 'node:child_process';
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
  const cores = cpus();
  const git = (...args: string[]) =>
    spawnSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8' }).stdout?.trim();
  const commit = git('rev-parse', '--short=10', 'HEAD');
  return {
    cpu: cores[0]?.model ?? 'unknown',
    cores: cores.length,
    platform: `${platform()} ${arch()}`,
    node: process.version,
    date: new Date().toISOString(),
    revision: commit ? commit + (git('status', '--porcelain') ? '+' : '') : 'unknown',
  };
}

/** The machine in one line. */
export function describeMachine({ cpu, cores, node, revision }: Machine): string {
  return `${cpu}, ${cores} cores, Node.js ${node}, revision ${revision}`;
}
