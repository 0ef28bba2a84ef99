import { CartError, createCarts, type CartLine } from '@badger-store/cart-cache';
import Fastify, { type FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    cart: CartLine[];
  }
}

const carts = createCarts({ redis: process.env.REDIS_URL ?? 'redis://127.0.0.1:6379' });
const app = Fastify();
app.decorateRequest('cart');
app.addHook('onClose', () => carts.close());

/** Replace this by your authentication. */
const getUser = (request: FastifyRequest) => String(request.headers['x-user'] ?? '');

const readCart = async (request: FastifyRequest) => {
  request.cart = await carts.get(getUser(request));
};
app.get('/cart', { preHandler: readCart }, async (request) => request.cart);
app.post<{ Params: { id: string } }>('/cart/:id', async (request) => ({
  quantity: await carts.addQuantity(getUser(request), request.params.id),
}));

const statuses: Record<string, number> = { invalid: 400, 'not-found': 404, conflict: 409, unavailable: 503 };
app.setErrorHandler((error, _request, reply) => {
  if (!(error instanceof CartError)) throw error;
  return reply.status(statuses[error.category] ?? 422).send({ code: error.code, message: error.message });
});

await carts.ready();
await app.listen({ port: Number(process.env.PORT ?? 3003), host: '127.0.0.1' });
