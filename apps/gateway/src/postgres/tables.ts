import type { Generated } from 'kysely';

export const gatewaySchema = 'gateway';

/** The tables that are used through Kysely's builder; statements on the others are plain SQL. */
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
}
