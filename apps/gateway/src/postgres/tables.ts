import type { Generated } from 'kysely';

export const gatewaySchema = 'gateway';

export interface GatewayTables {
  users: {
    id: string;
    email: string;
    password_hash: string;
    session_version: Generated<number>;
    created_at: Generated<Date>;
  };
  api_keys: {
    id: string;
    name: string;
    scopes: string[];
    secret_hash: string;
    created_at: Generated<Date>;
    revoked_at: Date | null;
  };
  sessions: {
    id: string;
    user_id: string;
    kind: 'guest' | 'user';
    session_version: number;
    scopes: string[];
    api_key_id: string | null;
    generation: Generated<number>;
    previous_generation: Generated<number>;
    rotated_at: Generated<Date>;
    started_at: Generated<Date>;
    expires_at: Date;
    ended_at: Date | null;
  };
  revocations: {
    /** An xid8 and a bigint, which the driver gives as text. */
    xid: Generated<string>;
    position: Generated<string>;
    kind: 'session' | 'user' | 'api-key';
    target: string;
    session_version: number | null;
    kept_session: string | null;
    revoked_at: Generated<Date>;
  };
  guest_migrations: {
    guest_id: string;
    user_id: string;
    created_at: Generated<Date>;
    tokens_expire_at: Date;
    due_at: Generated<Date>;
    done_at: Date | null;
  };
  clamped_lines: {
    guest_id: string;
    merge_id: string;
    item_id: string;
    requested: number;
    quantity: number;
    user_id: string;
    shown_at: Date | null;
  };
}
