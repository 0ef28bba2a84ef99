import type { RedisLink } from './redis-link';

export interface Destination {
  readonly link: RedisLink;
  readonly asking: boolean;
}

/** Which connection serves what. */
export interface RedisRoutes {
  /** The connection for a key, or any; throws `RedisUnavailableError` where it is not there. */
  linkFor(key: string | undefined): RedisLink;
  /**
   * Where an error reply sends a command on to, which Redis has not run then; `undefined` where it does not. The link may
   * still be connecting.
   */
  redirection(error: Error, from: RedisLink, key: string | undefined): Promise<Destination> | undefined;
  /** Every server that has to answer for Redis to be well. */
  primaries(): readonly RedisLink[];
  close(withinMs: number): Promise<void>;
}
