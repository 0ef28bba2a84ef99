// (a) A tutorial's way: the cart is a JSON string in Redis that is read, changed and written. Who the user is, the client says; no log.
import express from 'express';
import { createClient } from 'redis';
import { withOneMore } from './with-one-more.mjs';

const redis = await createClient({ url: process.env.REDIS_URL }).connect();
const app = express();
app.use(express.json());

const getKey = (req) => `${req.get('authorization').slice('Bearer '.length)}_cart`;
const read = async (key) => JSON.parse((await redis.get(key)) ?? '[]');

app.post('/Cart/Item', async (req, res) => {
  const key = getKey(req);
  const cart = withOneMore(await read(key), req.body.id, req.body.quantity);
  await redis.set(key, JSON.stringify(cart), { EX: 7 * 24 * 3600 });
  res.status(201).json({ message: 'OK', cart });
});

app.get('/Cart', async (req, res) => {
  res.json({ cart: await read(getKey(req)) });
});

app.listen(Number(process.env.PORT), '127.0.0.1');
