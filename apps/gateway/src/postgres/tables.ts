import type { Generated } from 'kysely';

export const gatewaySchema = 'gateway';

export interface GatewayTables {
  users: {
    id: string;
    email: string;
    password_hash: string;
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
    kind: 'session' | 'subject' | 'api-key';
    target: string;
    /** A bigint, which the driver gives as text. */
    started_before: string | null;
    except_session: string | null;
    signed_in_as: string | null;
    created_at: Generated<Date>;
    expires_at: Date;
  };
}
