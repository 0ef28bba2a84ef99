import { cartMiddleware, createCarts, type CartRequest } from '@badger-store/cart-cache';
import express, { type Request } from 'express';
import { moveSessionCart } from './move-session-cart.js';
import { redis, sessions } from './session.js';

const carts = createCarts({ redis });
const app = express();
app.use(sessions);
app.use(moveSessionCart(carts)); // delete this line when the sessions of the old version have expired

const readCart = cartMiddleware(carts, { cartId: (req) => req.sessionID });
app.get('/cart', readCart, (req: Request & CartRequest, res) => {
  res.json(req.cart);
});

app.post('/cart/:id', async (req, res) => {
  req.session.hasCart = true; // express-session keeps only sessions that hold something
  res.json({ quantity: await carts.addQuantity(req.sessionID, req.params.id) });
});

app.listen(process.env.PORT ?? 3000);
