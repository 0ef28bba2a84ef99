import type { RedisOptions } from 'ioredis';
import type { RedisAccess } from './redis-access';
import { openLink, type RedisLink } from './redis-link';
import type { HostPort, SentinelSettings } from './redis-settings';

const switched = '+switch-master';

/**
 * Follows what the sentinels announce, so that a primary that hangs or was cut off is left as soon as there is another one.
 * (ioredis's own `failoverDetector` writes to standard error for every sentinel that is away.)
 */
export function watchSentinels(
  settings: SentinelSettings,
  options: RedisOptions,
  access: () => RedisAccess,
  onSwitch: (primary: HostPort) => void,
): { close(): Promise<void> } {
  const watch = ({ host, port }: HostPort): RedisLink => {
    const link: RedisLink = openLink(
      { ...options, host, port, enableReadyCheck: false },
      () => ({ ...access(), username: settings.sentinelUsername, password: settings.sentinelPassword }),
      {
        changed: () => void (link.isReady && link.redis.subscribe(switched).catch(() => undefined)),
        // That no sentinel can be asked is told by the connection that needs one.
        error: () => undefined,
      },
    );
    link.redis.on('message', (_channel: string, message: string) => {
      const [name, , , newHost = '', newPort] = message.split(' ');
      if (name === settings.sentinelName) onSwitch({ host: newHost, port: Number(newPort) });
    });
    return link;
  };
  const links = settings.sentinels.map(watch);
  return {
    async close() {
      await Promise.all(links.map((link) => link.close(100)));
    },
  };
}
