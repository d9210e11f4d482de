import { readdir, readFile, readlink } from 'node:fs/promises';

/** Why a test that reads `/proc` is skipped, or false where it can run. */
export const withoutProc = process.platform === 'linux' ? false : 'reads /proc, which only Linux has';

const LISTEN = '0A';

/** The addresses that a process listens on, as the kernel sees them: `127.0.0.1:8080`, or an IPv6 address in hex. */
export async function listeningOn(pid: number): Promise<string[]> {
  const own = new Set(await socketInodes(pid));
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map(async (name) => readFile(`/proc/${pid}/net/${name}`, 'utf8')),
  );
  return tables.flatMap((table) =>
    table.split('\n').flatMap((line) => {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
      return state === LISTEN && own.has(inode) ? [readable(local)] : [];
    }),
  );
}

/** The memory of a process that is in RAM, in megabytes (10⁶ bytes). */
export async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kibibytes === undefined) throw new Error(`no VmRSS in ${status}`);
  return (Number(kibibytes) * 1024) / 1e6;
}

async function socketInodes(pid: number): Promise<string[]> {
  const descriptors = await readdir(`/proc/${pid}/fd`);
  const targets = await Promise.all(
    descriptors.map(async (fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')),
  );
  return targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []);
}

/** The kernel prints an IPv4 address as one number of the machine's byte order, which is little-endian where Node runs. */
function readable(local: string): string {
  const [address = '', port = ''] = local.split(':');
  const host = address.length === 8 ? Buffer.from(address, 'hex').reverse().join('.') : address;
  return `${host}:${Number.parseInt(port, 16)}`;
}

/** How long the main thread of a process has been ready to run while the machine ran others, in milliseconds. */
export async function waitedForCpuMs(pid: number): Promise<number> {
  const [, waitedNs] = (await readFile(`/proc/${pid}/task/${pid}/schedstat`, 'utf8')).split(' ');
  return Number(waitedNs) / 1e6;
}
