import { BlockList, isIP } from 'node:net';

const addresses = new BlockList();
addresses.addSubnet('127.0.0.0', 8);
addresses.addAddress('::1', 'ipv6');

/** Whether a host, without brackets, is localhost or an address by which a machine reaches only itself. */
export function isLoopback(host: string): boolean {
  const version = isIP(host);
  if (version === 0) return host.toLowerCase() === 'localhost';
  return addresses.check(host, version === 4 ? 'ipv4' : 'ipv6');
}

/** As undici matches them: an IPv6 address with its brackets. */
const EXEMPT = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Adds this machine to `NO_PROXY`, so that no request to it uses a proxy of the environment: a proxy would look for a
 * system on its own machine. Node.js reads the variable at each fetch, and the processes that this one starts inherit it.
 */
export function exemptLoopback(env: NodeJS.ProcessEnv, ...hosts: readonly string[]): void {
  // The lower-case variable wins if both are set.
  const names = ['no_proxy', 'NO_PROXY'].filter((name) => env[name] !== undefined);
  for (const name of names.length > 0 ? names : ['NO_PROXY']) {
    const entries = (env[name] ?? '').split(/[\s,]+/).filter((entry) => entry !== '');
    env[name] = [...new Set([...entries, ...EXEMPT, ...hosts.filter(isLoopback)])].join();
  }
}
