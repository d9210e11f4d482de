import ipaddr from 'ipaddr.js';

/** The networks of a client, by which it is counted. */
export interface ClientNetwork {
  /** An IPv4 address, or the /64 of an IPv6 address, which belongs to one subscriber. */
  readonly address: string;
  /** The /48 of an IPv6 address, which belongs to one site or provider; undefined for IPv4. */
  readonly site: string | undefined;
}

/** Groups of 16 bits of an IPv6 prefix. */
const SUBSCRIBER_GROUPS = 4;
const SITE_GROUPS = 3;

/** The networks of an address. An IPv4 address within an IPv6 address counts as IPv4; other text as an address of its own. */
export function networkOf(ip: string): ClientNetwork {
  if (!ipaddr.isValid(ip)) return { address: ip, site: undefined };
  const parsed = ipaddr.process(ip);
  if (!(parsed instanceof ipaddr.IPv6)) return { address: parsed.toString(), site: undefined };
  const prefix = (groups: number) =>
    parsed.parts
      .slice(0, groups)
      .map((part) => part.toString(16))
      .join(':');
  return { address: prefix(SUBSCRIBER_GROUPS), site: prefix(SITE_GROUPS) };
}
