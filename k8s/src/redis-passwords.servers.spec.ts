import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startLoad } from './redis/load';
import { startRedisPods, type RedisPods } from './redis/redis-pods';

const page = join(__dirname, '../../docs/how-to/change-redis-passwords.md');

/** The fenced commands of the first section, in order. */
async function readCommands(): Promise<string> {
  const [, section = ''] = (await readFile(page, 'utf8')).split(/^## /m);
  return [...section.matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)].map(([, block]) => block).join('\n');
}

/** Does to the pods of the test, and to their files, what the commands of the page do to a cluster. */
async function writeKubectl({ pods, secrets }: RedisPods): Promise<string> {
  const folder = join(secrets, 'bin');
  await mkdir(folder);
  const addresses = pods.map(({ name, ip }) => `pod/${name}) export POD_IP=${ip} ;;`);
  const path = join(folder, 'kubectl');
  await writeFile(
    path,
    `#!/bin/sh
set -eu
shift 2
export SECRETS_DIR=${secrets}
case "$*" in
  'get pods -l app.kubernetes.io/name=redis -o name') printf '%s\\n' ${pods.map(({ name }) => `pod/${name}`).join(' ')} ;;
  'get pods -l app.kubernetes.io/name=inventory -o name') echo pod/inventory ;;
  'get secret redis-files '*) base64 "$SECRETS_DIR/users.acl" ;;
  'exec pod/inventory -- cat /run/secrets/store/redis-password') cat "$SECRETS_DIR/cart-password" ;;
  'exec pod/redis-'*) case $2 in ${addresses.join(' ')} esac; shift 5; exec "$@" ;;
  'patch secret redis-files -p {"data":{"users.acl":"'*) file=users.acl ;;
  'patch secret inventory-files -p {"data":{"redis-password":"'*) file=cart-password ;;
  *) echo "unexpected: $*" >&2; exit 1 ;;
esac
[ -z "\${file:-}" ] || {
  echo "$5" | sed 's/.*":"//; s/".*//' | base64 -d >"$SECRETS_DIR/$file.new"
  mv "$SECRETS_DIR/$file.new" "$SECRETS_DIR/$file"
}
`,
  );
  await chmod(path, 0o755);
  return folder;
}

it('the commands of the page change a service’s password without a failed or repeated call', async () => {
  const redis = await startRedisPods();
  try {
    await Promise.all(redis.pods.map((pod) => pod.start()));
    await redis.whenWhole();
    const file = join(redis.secrets, 'cart-password');
    const old = await readFile(file, 'utf8');
    const folder = await writeKubectl(redis);
    const load = await startLoad(redis, 6);
    load.begin();
    await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', await readCommands()], {
      env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
    });
    expect(await load.end()).toMatchObject({ repeated: 0, refused: 0, unclear: 0, lost: 0, tooMany: 0, strange: [] });
    await load.stop();

    const present = await readFile(file, 'utf8');
    expect(present).not.toBe(old);
    const logIn = (password: string, pod = redis.pods[0]) => pod?.ask('redis', 'auth', 'cart', password);
    // A pod that restarts reads the users from the Secret.
    await Promise.all(redis.pods.map((pod) => pod.restartRedis()));
    await redis.whenWhole();
    for (const pod of redis.pods) {
      expect(await logIn(present, pod)).toBe('OK');
      expect(await logIn(old, pod)).toContain('WRONGPASS');
    }
    const another = await startLoad(redis, 1);
    await another.stop();
  } finally {
    await redis.stop();
  }
}, 240_000);
