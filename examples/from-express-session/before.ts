import express from 'express';
import { sessions } from './session.js';

const app = express();
app.use(sessions);

app.get('/cart', (req, res) => {
  res.json(req.session.cart ?? []);
});

// Two requests of one session at the same time read the same cart, and the second one overwrites the first one.
app.post('/cart/:id', (req, res) => {
  const cart = (req.session.cart ??= []);
  const line = cart.find(({ id }) => id === req.params.id);
  if (line) line.quantity += 1;
  else cart.push({ id: req.params.id, quantity: 1 });
  res.json({ quantity: line?.quantity ?? 1 });
});

app.listen(process.env.PORT ?? 3000);
