// Shops with the generated TypeScript client: tour.mjs URL
import assert from 'node:assert/strict';
import {
  CartApi,
  CatalogueApi,
  CheckOutErrorFromJSON,
  Configuration,
  OrdersApi,
  ResponseError,
  SessionsApi,
  type TestToken,
} from '../../test-output/clients/typescript-fetch/index.js';

const store = process.argv[2] ?? '';
let accessToken = '';
const configuration = new Configuration({
  basePath: store,
  headers: { Origin: store },
  accessToken: () => accessToken,
});

const session = await new SessionsApi(configuration).beginGuestSession({ guestOptions: {} });
accessToken = session.userToken;
assert.equal(session.user.kind, 'guest');

const catalogue = new CatalogueApi(configuration);
const mug = (await catalogue.listItems({ search: 'mug' })).items.find(({ id }) => id === 'badger-enamel-mug');
assert.ok(mug);
assert.ok((await catalogue.listCategories()).categories.some(({ name }) => name === mug.category));

const cart = new CartApi(configuration);
await cart.addToCart({ addItemRequest: { id: mug.id } });
const changed = await cart.addToCart({ addItemRequest: { id: mug.id, quantity: 2 }, idempotencyKey: 'two-more-mugs' });
assert.deepEqual(changed.cart, [{ id: mug.id, quantity: 3 }]);

const orders = new OrdersApi(configuration);
const pay = (token: TestToken) => orders.checkOut({ checkoutRequest: { payment: { method: 'test', token } } });
assert.equal((await orders.quoteCheckout()).totals?.total.amount, 3 * mug.price.amount);
const { order } = await pay('approve');
assert.deepEqual([order.status, order.total.amount], ['paid', 3 * mug.price.amount]);
assert.deepEqual((await orders.findOrder({ id: order.id })).lines, order.lines);
assert.deepEqual(
  (await orders.listOrders()).orders.map(({ id }) => id),
  [order.id],
);
assert.deepEqual((await cart.readCart()).cart, []);

await cart.addToCart({ addItemRequest: { id: mug.id } });
const error: unknown = await pay('decline').catch((thrown: unknown) => thrown);
assert.ok(error instanceof ResponseError);
const problem = CheckOutErrorFromJSON(await error.response.json());
assert.ok(problem.code === 'PAYMENT_DECLINED');
assert.equal(problem.reason, 'card_declined');
assert.equal((await orders.findOrder({ id: problem.orderId })).status, 'declined');
assert.equal((await cart.readCart()).cart.length, 1);
console.log(`typescript: ${JSON.stringify({ order: order.id, declined: problem.orderId })}`);
