import { RedisStore } from 'connect-redis';
import session from 'express-session';
import { createClient } from 'redis';

export interface SessionLine {
  id: string;
  quantity: number;
}

declare module 'express-session' {
  interface SessionData {
    cart: SessionLine[];
    hasCart: boolean;
  }
}

export const redis = await createClient({ url: process.env.REDIS_URL ?? 'redis://127.0.0.1:6379' })
  .on('error', (error: Error) => process.emitWarning(error))
  .connect();

export const sessions = session({
  store: new RedisStore({ client: redis }),
  secret: process.env.SESSION_SECRET ?? 'only for this example',
  resave: false,
  saveUninitialized: false,
});
