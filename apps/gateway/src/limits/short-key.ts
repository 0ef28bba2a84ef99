import { createHash } from 'node:crypto';

/**
 * What a client is counted under: always 22 characters, whatever it sent (what stands in `X-Forwarded-For` need not be an
 * address), and nobody's address can be read in Redis.
 */
export const toShortKey = (key: string): string => createHash('sha256').update(key).digest('base64url').slice(0, 22);
