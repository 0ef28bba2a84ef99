// node docker/make-secrets.mjs [folder]: generates the missing secrets for Compose and Kubernetes.
import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const usage = `usage: node docker/make-secrets.mjs [folder] [--redis-names NAME,…] [--postgres-names NAME,…]
  folder            where to put them; docker/.secrets
  --redis-names     by which names and addresses clients reach Redis; redis,localhost,127.0.0.1
  --postgres-names  the same of PostgreSQL; postgres,localhost,127.0.0.1`;
/** Users of Redis besides the services: people, consumers of order events, and in Kubernetes replicas and sentinels. */
const otherRedisUsers = ['operator', 'replication', 'sentinel', 'orders-reader'];
const caDays = 3650;
/** The longest life that browsers accept, 398 days, less one. */
const certificateDays = 397;

const here = dirname(fileURLToPath(import.meta.url));
const manifest = JSON.parse(readFileSync(join(here, '../services.json'), 'utf8'));
const services = Object.keys(manifest);
const databaseServices = services.filter((service) => manifest[service].database);
const pairs = services.flatMap((caller) => manifest[caller].calls.map((callee) => `${caller}:${callee}`));
const { values, positionals } = readArguments();
const folder = positionals[0] ?? join(here, '.secrets');
const made = [];

// The folder's mode keeps other users of this machine out. The files in it must be readable for the containers' users.
makeFolder('.', 0o700);
const ofServices = services.flatMap((service) => [service, `${service}-tls`]);
const migrations = databaseServices.map((service) => `${service}-migration`);
for (const name of [...ofServices, ...migrations, 'redis', 'postgres']) makeFolder(name, 0o755);

makeUserTokenKey();
make('gateway/refresh-token-secret', `${randomSecret()}\n`);
make('gateway/device-cookie-secret', `${randomSecret()}\n`);
makeServiceTokenSecrets();
makeRedisPasswords();
makeDatabasePasswords();
makeAuthority();
makeCertificate('redis', values['redis-names']);
makeCertificate('postgres', values['postgres-names']);
for (const service of services) makeCertificate(`${service}-tls`, getServiceNames(service));
copyAuthority();
for (const path of made) console.log(`created ${path}`);
if (made.length === 0) console.log('all files exist');

function makeUserTokenKey() {
  if (has('gateway/user-token.pem')) return;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  make('gateway/user-token.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }));
}

/** Both services of a pair need the same secrets, in the same order. A missing file gets the secrets of the existing one. */
function makeServiceTokenSecrets() {
  const getFile = (service) => `${service}/service-token-secrets`;
  const readLines = (service, pair) =>
    has(getFile(service))
      ? read(getFile(service))
          .split('\n')
          .filter((line) => line.startsWith(`${pair} `))
      : [];
  const linesOf = new Map(
    pairs.map((pair) => {
      const known = services.map((service) => readLines(service, pair)).find((lines) => lines.length > 0);
      return [pair, known ?? [`${pair} ${randomSecret()}`]];
    }),
  );
  for (const service of services) {
    const own = pairs.filter((pair) => pair.split(':').includes(service));
    make(getFile(service), own.flatMap((pair) => linesOf.get(pair).map((line) => `${line}\n`)).join(''));
    const differs = own.find((pair) => readLines(service, pair).join() !== linesOf.get(pair).join());
    if (differs) fail(`${getFile(service)} has not the secrets that the other file has for ${differs}`);
  }
}

function makeRedisPasswords() {
  const files = Object.fromEntries(otherRedisUsers.map((user) => [user, [`redis/${user}-password`]]));
  for (const service of services) (files[manifest[service].redisUser] ??= []).push(`${service}/redis-password`);
  let rules = readFileSync(join(here, 'redis', 'users.acl.example'), 'utf8');
  for (const [user, paths] of Object.entries(files)) {
    const present = paths.filter(has);
    const password = present.length > 0 ? read(present[0]) : randomSecret();
    for (const path of paths) make(path, password);
    const hash = createHash('sha256').update(password.trim()).digest('hex');
    rules = rules.replace(new RegExp(`^(user ${user} on) #0{64}`, 'm'), `$1 #${hash}`);
    if (has('redis/users.acl') && !read('redis/users.acl').includes(hash)) {
      fail(`redis/users.acl lacks the password in ${paths[0]}; delete redis/users.acl to generate it again`);
    }
  }
  if (/#0{64}/.test(rules)) fail('docker/redis/users.acl.example has a user without a password');
  make('redis/users.acl', rules);
}

/** An existing data folder of PostgreSQL keeps its passwords. */
function makeDatabasePasswords() {
  make('postgres/superuser-password', randomSecret());
  for (const service of databaseServices) {
    const folders = { [service]: service, [`${service}_owner`]: `${service}-migration` };
    for (const [role, client] of Object.entries(folders)) {
      make(`postgres/${role}-password`, randomSecret());
      copy(`postgres/${role}-password`, `${client}/database-password`);
    }
  }
}

function makeAuthority() {
  if (has('ca/ca.crt')) return;
  const extensions = ['basicConstraints=critical,CA:TRUE,pathlen:0', 'keyUsage=critical,keyCertSign,cRLSign'];
  inScratchFolder((file) => {
    newKey(file('key'));
    const subject = ['-x509', '-days', String(caDays), '-subj', '/CN=badger-store CA'];
    const added = extensions.flatMap((extension) => ['-addext', extension]);
    openssl(['req', '-new', '-key', file('key'), ...subject, ...added, '-out', file('crt')]);
    makeFolder('ca', 0o700);
    make('ca/ca.key', readFileSync(file('key')), 0o600);
    make('ca/ca.crt', readFileSync(file('crt')));
  });
}

function makeCertificate(server, serverNames) {
  const paths = { crt: `${server}/tls.crt`, key: `${server}/tls.key` };
  if (has(paths.crt) && has(paths.key)) return;
  const names = serverNames.split(',').map((name) => `${isIP(name) ? 'IP' : 'DNS'}:${name}`);
  inScratchFolder((file) => {
    newKey(file('key'));
    openssl(['req', '-new', '-key', file('key'), '-subj', `/CN=${server}`, '-out', file('csr')]);
    const extensions = [
      `subjectAltName=${names}`,
      'basicConstraints=critical,CA:FALSE',
      'keyUsage=critical,digitalSignature',
      'extendedKeyUsage=serverAuth',
    ];
    writeFileSync(file('ext'), `${extensions.join('\n')}\n`);
    const serial = ['-set_serial', `0x${randomBytes(16).toString('hex')}`];
    const signed = ['-CA', at('ca/ca.crt'), '-CAkey', at('ca/ca.key'), ...serial, '-days', String(certificateDays)];
    openssl(['x509', '-req', '-in', file('csr'), ...signed, '-extfile', file('ext'), '-out', file('crt')]);
    // A certificate needs its own key.
    for (const path of Object.values(paths)) rmSync(at(path), { force: true });
    make(paths.crt, readFileSync(file('crt')));
    make(paths.key, readFileSync(file('key')));
  });
}

/** By which names services reach each other in Kubernetes: the Service, and the headless one of its pods. */
function getServiceNames(service) {
  const hosts = [service, `${service}-pods`];
  return ['', '.badger-store', '.badger-store.svc'].flatMap((domain) => hosts.map((host) => host + domain)).join();
}

function copyAuthority() {
  copy('ca/ca.crt', 'redis/ca.crt');
  copy('ca/ca.crt', 'postgres/ca.crt');
  for (const service of services) {
    copy('ca/ca.crt', `${service}/redis-ca.crt`);
    copy('ca/ca.crt', `${service}/postgres-ca.crt`);
    copy('ca/ca.crt', `${service}-tls/ca.crt`);
  }
}

function newKey(path) {
  openssl(['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', path]);
}

/** Node cannot create certificates. */
function openssl(args) {
  try {
    execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    fail(error.code === 'ENOENT' ? 'needs openssl, to make certificates' : `openssl: ${error.stderr}`);
  }
}

/** Without a line break, which some programs read as part of the password. */
function randomSecret() {
  return randomBytes(32).toString('base64url');
}

/** Writes a file unless it exists. */
function make(path, content, mode = 0o644) {
  if (has(path)) return;
  writeFileSync(at(path), content, { flag: 'wx', mode: 0o600 });
  // The umask would change the mode.
  chmodSync(at(path), mode);
  made.push(relative(process.cwd(), at(path)));
}

/** Fails if two files contradict each other. */
function copy(from, to) {
  make(to, read(from));
  if (read(to) !== read(from)) fail(`${to} is not ${from}; delete it to copy it again`);
}

function makeFolder(path, mode) {
  mkdirSync(at(path), { recursive: true });
  chmodSync(at(path), mode);
}

function inScratchFolder(use) {
  const scratch = mkdtempSync(join(tmpdir(), 'badger-secrets-'));
  try {
    use((name) => join(scratch, name));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function at(path) {
  return join(folder, path);
}

function has(path) {
  return existsSync(at(path));
}

function read(path) {
  return readFileSync(at(path), 'utf8');
}

function fail(message) {
  console.error(`make-secrets: ${message}`);
  process.exit(1);
}

function readArguments() {
  const options = {
    'redis-names': { type: 'string', default: 'redis,localhost,127.0.0.1' },
    'postgres-names': { type: 'string', default: 'postgres,localhost,127.0.0.1' },
    help: { type: 'boolean' },
  };
  try {
    const parsed = parseArgs({ options, allowPositionals: true });
    if (parsed.values.help || parsed.positionals.length > 1) throw new Error(usage);
    return parsed;
  } catch (error) {
    fail(error.message === usage ? usage : `${error.message}\n${usage}`);
  }
}
