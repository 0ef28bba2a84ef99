import { CartError, cartMiddleware, createCarts, type CartRequest } from '@badger-store/cart-cache';
import express, { type ErrorRequestHandler, type Request } from 'express';

const carts = createCarts({ redis: process.env.REDIS_URL ?? 'redis://127.0.0.1:6379' });
const getUser = (req: Request) => req.get('x-user') ?? ''; // your authentication instead
const app = express();
app.get('/cart', cartMiddleware(carts, { cartId: getUser }), (req: Request & CartRequest, res) => {
  res.json(req.cart ?? []);
});
app.post('/cart/:id', async (req, res) => {
  res.json({ quantity: await carts.addQuantity(getUser(req), req.params.id) });
});
const statuses: Record<string, number> = { invalid: 400, 'not-found': 404, conflict: 409, unavailable: 503 };
const handleError: ErrorRequestHandler = (error, _req, res, next) => {
  if (!(error instanceof CartError)) return next(error);
  res.status(statuses[error.category] ?? 422).json({ code: error.code, message: error.message });
};
app.use(handleError);
app.listen(process.env.PORT ?? 3001);
