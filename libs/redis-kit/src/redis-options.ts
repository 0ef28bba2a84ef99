import type { RedisOptions } from 'ioredis';

/**
 * A lost server is found again within 1 s: one attempt to connect and one pause fit into that together. Redis itself is
 * within reach of 600 ms, or it is of no use to a call that has 500.
 */
const connectTimeoutMs = 600;
const pauseCapMs = 300;

/** Exponential, capped, jittered, and endless: https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/ */
export const retryDelayMs = (attempt: number): number =>
  Math.ceil((0.5 + Math.random() / 2) * Math.min(pauseCapMs, 25 * 2 ** Math.min(attempt, 10)));

/**
 * Nothing waits in a queue while Redis is away (calls fail at once), and nothing is resent after a break, so that a call that
 * was reported as failed is not carried out later behind the caller's back.
 */
export const connectionOptions = (connectionName: string, deadlineMs: number): RedisOptions => ({
  connectionName,
  // An ACL of Redis 7.0 cannot even name the command for it.
  disableClientInfo: true,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  maxRetriesPerRequest: 0,
  connectTimeout: connectTimeoutMs,
  // A peer that leaves a call unanswered for this long is taken for gone.
  socketTimeout: Math.min(950, Math.max(600, deadlineMs + 100)),
  // Of the polite end of a connection to a peer that may not be there any more.
  disconnectTimeout: 100,
  // Redis estimates the time that it still needs to load in whole seconds.
  maxLoadingRetryTime: 100,
  retryStrategy: retryDelayMs,
  // A demoted primary answers READONLY: connect again, to where the name leads now; resend nothing.
  reconnectOnError: (error) => (/^(READONLY|NOAUTH)\b/.test(error.message) ? 1 : false),
});
