/** Sends one command to one server. */
type Send = (args: readonly string[]) => Promise<unknown>;

/** About how many keys a server looks at for one page; it serves no other command meanwhile. */
const keysPerPage = 250;

/**
 * The keys of one server that match a glob pattern, in pages. A key that exists during the whole scan is found, perhaps twice; a key that
 * is added or deleted meanwhile may be found. https://redis.io/docs/latest/commands/scan/
 */
export async function* scanServer(send: Send, pattern: string): AsyncGenerator<string[]> {
  let cursor = '0';
  do {
    const reply = await send(['SCAN', cursor, 'MATCH', pattern, 'COUNT', String(keysPerPage)]);
    const [next, keys] = reply as [string, string[]];
    cursor = String(next);
    if (keys.length > 0) yield keys;
  } while (cursor !== '0');
}
