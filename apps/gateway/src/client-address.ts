import { isIP } from 'node:net';
import type { Request } from 'express';
import ipaddr from 'ipaddr.js';

/** Express judges how far the claims of proxies are trusted. What a proxy took over from its client need not be an address. */
export function addressOf({ ip = '', socket }: Request): string {
  return isIP(ip) ? ip : (socket.remoteAddress ?? '');
}

/** What is counted as one client: an IPv4 address, or the /56 of an IPv6 address, as each client has at least a network of those. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const parsed = ipaddr.process(address.replace(/%.*/, ''));
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return ipaddr.fromByteArray([...parsed.toByteArray().slice(0, 7), ...Array<number>(9).fill(0)]).toNormalizedString();
}
