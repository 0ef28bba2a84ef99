import { isIP } from 'node:net';
import type { Request } from 'express';
import ipaddr from 'ipaddr.js';

/** `req.ip` may be any text that a trusted proxy copied from its client. */
export function getClientAddress({ ip = '', socket }: Request): string {
  return isIP(ip) ? ip : (socket.remoteAddress ?? '');
}

/** What limits count as one client: an IPv4 address, or the /56 of an IPv6 address, since providers assign whole networks. */
export function toClientNetwork(address: string): string {
  if (isIP(address) !== 6) return address;
  const parsed = ipaddr.process(address.replace(/%.*/, ''));
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return ipaddr.fromByteArray([...parsed.toByteArray().slice(0, 7), ...Array<number>(9).fill(0)]).toNormalizedString();
}
