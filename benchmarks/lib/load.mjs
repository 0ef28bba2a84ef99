import autocannon from 'autocannon';
import { connections } from '../settings.mjs';

/**
 * As many requests as a server can serve; each connection has shoppers of its own, and sends their requests one after the other.
 * Resolves to the responses a second, the 99th percentile of their times, and how many failed or were no 2xx.
 */
export async function load({ url, requests, seconds }) {
  let next = 0;
  const share = Math.ceil(requests.length / connections);
  const setupClient = (client) => client.setRequests(requests.slice(next * share, ++next * share));
  const result = await autocannon({ url, connections, duration: seconds, setupClient });
  return {
    perSecond: result.requests.total / result.duration,
    p99Ms: result.latency.p99,
    failed: result.errors + result.non2xx,
  };
}
