import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly secretHash: string;
  readonly createdAt: Date;
  readonly revokedAt?: Date;
}

export interface ApiKeys {
  add(key: Omit<ApiKey, 'createdAt' | 'revokedAt'>): Promise<void>;
  find(id: string): Promise<ApiKey | undefined>;
  /** Newest first, at most a thousand. */
  list(): Promise<ApiKey[]>;
  /** Revokes the key and its sessions; resolves to `false` if there is no such key. Idempotent. */
  revoke(id: string): Promise<boolean>;
}

const form = /^badger_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;

/** The secret has 256 random bits, so a hash without salt or cost protects it. */
export function newApiKey(name: string, scopes: readonly string[]) {
  const id = randomBytes(8).toString('hex');
  const secret = randomBytes(32).toString('base64url');
  return { text: `badger_${id}_${secret}`, key: { id, name, scopes, secretHash: hash(secret) } };
}

/** `undefined` if the key is unknown or revoked. */
export async function findApiKey(keys: Pick<ApiKeys, 'find'>, text: string): Promise<ApiKey | undefined> {
  const [, id, secret] = form.exec(text) ?? [];
  if (id === undefined || secret === undefined) return undefined;
  const key = await keys.find(id);
  if (!key || key.revokedAt) return undefined;
  return timingSafeEqual(Buffer.from(key.secretHash), Buffer.from(hash(secret))) ? key : undefined;
}

const hash = (secret: string): string => createHash('sha256').update(secret).digest('base64url');
