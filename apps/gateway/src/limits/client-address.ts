import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';

const bytesOfNetwork = 56 / 8;

/** Whom an address stands for: whoever has an IPv6 address has at least a network of them. */
export function clientOf(ip: string): string {
  if (!isIPv6(ip)) return ip;
  const address = ipaddr.process(ip);
  return address.kind() === 'ipv4' ? address.toString() : address.toByteArray().slice(0, bytesOfNetwork).join('.');
}
