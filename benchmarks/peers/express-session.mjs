// (b) The cart in the session: express-session with its Redis store. The session's cookie is the only check of who asks; no log.
import { RedisStore } from 'connect-redis';
import express from 'express';
import session from 'express-session';
import { createClient } from 'redis';
import { withOneMore } from './with-one-more.mjs';

const client = await createClient({ url: process.env.REDIS_URL }).connect();
const app = express();
app.use(express.json());
app.use(
  session({
    store: new RedisStore({ client, ttl: 7 * 24 * 3600 }),
    secret: 'a secret of the benchmark',
    resave: false,
    saveUninitialized: false,
  }),
);

app.post('/Cart/Item', (req, res) => {
  req.session.cart = withOneMore(req.session.cart ?? [], req.body.id, req.body.quantity);
  res.status(201).json({ message: 'OK', cart: req.session.cart });
});

app.get('/Cart', (req, res) => {
  res.json({ cart: req.session.cart ?? [] });
});

app.listen(Number(process.env.PORT), '127.0.0.1');
