import { readdir, readFile, readlink } from 'node:fs/promises';

/** Reason to skip a test that reads `/proc`; false on Linux. */
export const withoutProc = process.platform === 'linux' ? false : 'reads /proc, which only Linux has';

const LISTEN = '0A';

/** Reads the listening addresses of a process from the kernel: `127.0.0.1:8080`, or an IPv6 address in hex. */
export async function listeningOn(pid: number): Promise<string[]> {
  const inodes = new Set(await socketInodes(pid));
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map(async (name) => readFile(`/proc/${pid}/net/${name}`, 'utf8')),
  );
  return tables.flatMap((table) =>
    table.split('\n').flatMap((line) => {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
      return state === LISTEN && inodes.has(inode) ? [readable(local)] : [];
    }),
  );
}

/** Resident memory of a process in megabytes (10⁶ bytes). */
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

/** Formats an IPv4 address, which the kernel prints as a number in the machine's byte order: little-endian where Node runs. */
function readable(local: string): string {
  const [address = '', port = ''] = local.split(':');
  const host = address.length === 8 ? Buffer.from(address, 'hex').reverse().join('.') : address;
  return `${host}:${Number.parseInt(port, 16)}`;
}

/** Time that the main thread of a process was runnable without a CPU, in milliseconds. */
export async function waitedForCpuMs(pid: number): Promise<number> {
  const [, waitedNs] = (await readFile(`/proc/${pid}/task/${pid}/schedstat`, 'utf8')).split(' ');
  return Number(waitedNs) / 1e6;
}
