import { createCarts, EmptyCartError } from '@badger-store/cart-cache';
import express, { type ErrorRequestHandler } from 'express';

const carts = createCarts({ redis: process.env.REDIS_URL ?? 'redis://127.0.0.1:6379' });
const pay = async (idempotencyKey: string, pieces: number) => ({ paid: pieces < 100, idempotencyKey }); // yours instead
const app = express();
app.post('/checkout', async (req, res) => {
  const order = await carts.checkout(req.get('x-user') ?? '', async (lines, checkoutId) => {
    const pieces = lines.reduce((sum, { quantity }) => sum + quantity, 0);
    const { paid } = await pay(checkoutId, pieces);
    return paid ? { outcome: 'completed', result: { checkoutId, lines } } : { outcome: 'rejected', reason: 'declined' };
  });
  if (order.outcome === 'completed') res.json(order.result);
  else res.status(order.outcome === 'rejected' ? 402 : 503).json({ outcome: order.outcome });
});
const handleError: ErrorRequestHandler = (error, _req, res, next) => {
  if (res.headersSent) return next(error);
  res.status(error instanceof EmptyCartError ? 400 : 503).json({ message: error.message });
};
app.use(handleError);
app.listen(process.env.PORT ?? 3002);
