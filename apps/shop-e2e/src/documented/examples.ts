/**
 * A request of an operation, and the status of its response. The requests are sent in the order of the document to a store that has just
 * been started. `{{name}}` stands for a value of an earlier response (`keep`), and `{{store}}` for the address of the store.
 */
export interface Example {
  readonly summary: string;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly status: number;
  /** Values that later examples need: a name, and the path of the value in the body. */
  readonly keep?: Readonly<Record<string, readonly string[]>>;
}

const firstParty = { Origin: '{{store}}' };
const account = { email: 'badger@store.example', password: 'four badgers in a sett' };
const leaver = { email: 'leaver@store.example', password: 'four badgers in a sett' };
const asUser = { Authorization: 'Bearer {{user}}' };
const asShopper = { Authorization: 'Bearer {{shopper}}' };
const shopperFromFirstParty = { ...asShopper, ...firstParty };
const mug = { id: 'badger-enamel-mug' };
const teapot = { id: 'sett-stoneware-teapot' };
const paying = (token: string) => ({ payment: { method: 'test', token } });

/** By the id of the operation. */
export const examples: Readonly<Record<string, readonly Example[]>> = {
  beginGuestSession: [
    {
      summary: 'From a first-party origin, with the scope checkout',
      headers: firstParty,
      status: 201,
      keep: { guest: ['userToken'], guestRefresh: ['refreshToken'] },
    },
    { summary: 'From another origin, without the scope checkout', status: 201, keep: { visitor: ['userToken'] } },
    { summary: 'With an unknown API key', headers: { 'X-Api-Key': 'badger_none' }, status: 401 },
  ],
  refreshSession: [
    { summary: 'With a refresh token', body: { refreshToken: '{{guestRefresh}}' }, status: 200 },
    { summary: 'The same refresh token within 30 seconds', body: { refreshToken: '{{guestRefresh}}' }, status: 200 },
    { summary: 'With an unknown refresh token', body: { refreshToken: 'none' }, status: 401 },
  ],
  register: [
    {
      summary: 'As a guest, who keeps the cart',
      headers: { ...firstParty, Authorization: 'Bearer {{guest}}' },
      body: account,
      status: 201,
      keep: { user: ['userToken'] },
    },
    { summary: 'Without a guest', body: leaver, status: 201, keep: { leaver: ['userToken'] } },
    { summary: 'With the email of an account', body: { ...account, password: 'another good password' }, status: 409 },
    { summary: 'With a common password', body: { ...account, password: 'qwertyqwerty' }, status: 400 },
  ],
  whoAmI: [
    { summary: 'A user', headers: asUser, status: 200 },
    { summary: 'Without a userToken', status: 401 },
  ],
  deleteAccount: [
    {
      summary: 'With a wrong password',
      headers: { Authorization: 'Bearer {{leaver}}' },
      body: { password: 'five badgers' },
      status: 401,
    },
    {
      summary: 'With the password',
      headers: { Authorization: 'Bearer {{leaver}}' },
      body: { password: leaver.password },
      status: 204,
    },
    {
      summary: 'As a guest',
      headers: { Authorization: 'Bearer {{visitor}}' },
      body: { password: leaver.password },
      status: 403,
    },
  ],
  changePassword: [
    {
      summary: 'With the current password',
      headers: asUser,
      body: { currentPassword: account.password, newPassword: account.password },
      status: 204,
    },
    {
      summary: 'With a wrong password',
      headers: asUser,
      body: { currentPassword: 'five badgers', newPassword: account.password },
      status: 401,
    },
  ],
  signOutEverywhere: [{ summary: 'From this device', headers: asUser, status: 204 }],
  signIn: [
    {
      summary: 'From a first-party origin',
      headers: firstParty,
      body: account,
      status: 200,
      keep: { shopper: ['userToken'] },
    },
    { summary: 'On another device', body: account, status: 200, keep: { otherDevice: ['userToken'] } },
    { summary: 'On a third device', body: account, status: 200, keep: { thirdDevice: ['refreshToken'] } },
    { summary: 'With a wrong password', body: { ...account, password: 'five badgers' }, status: 401 },
  ],
  signOut: [
    { summary: 'With a userToken', headers: { Authorization: 'Bearer {{otherDevice}}' }, status: 204 },
    { summary: 'With a refresh token', body: { refreshToken: '{{thirdDevice}}' }, status: 204 },
    { summary: 'Without a token', status: 401 },
  ],
  publicKeys: [{ summary: 'All', status: 200 }],
  addToCart: [
    { summary: 'One mug', headers: asShopper, body: mug, status: 201 },
    {
      summary: 'Two more mugs, with an Idempotency-Key',
      headers: { ...asShopper, 'Idempotency-Key': 'two-mugs' },
      body: { ...mug, quantity: 2 },
      status: 201,
    },
    { summary: 'One teapot', headers: asShopper, body: teapot, status: 201 },
    { summary: 'Unknown item', headers: asShopper, body: { id: 'honey-badger' }, status: 404 },
    { summary: 'Sold-out item', headers: asShopper, body: { id: 'long-claw-mittens' }, status: 409 },
    { summary: 'Quantity below 1', headers: asShopper, body: { ...mug, quantity: 0 }, status: 400 },
    { summary: 'Quantity over the limit', headers: asShopper, body: { ...mug, quantity: 100_000 }, status: 422 },
    { summary: 'Without a userToken', body: mug, status: 401 },
  ],
  setQuantity: [
    { summary: 'Five mugs', path: mug, headers: asShopper, body: { quantity: 5 }, status: 200 },
    {
      summary: 'Item that is not in the cart',
      path: { id: 'honey-badger' },
      headers: asShopper,
      body: { quantity: 1 },
      status: 404,
    },
  ],
  removeLine: [
    { summary: 'The teapot', path: teapot, headers: asShopper, status: 200 },
    { summary: 'The same line again', path: teapot, headers: asShopper, status: 404 },
  ],
  readCart: [{ summary: 'With five mugs', headers: asShopper, status: 200 }],
  emptyCart: [{ summary: 'A cart without lines', headers: { Authorization: 'Bearer {{visitor}}' }, status: 204 }],
  listItems: [
    { summary: 'Search', query: { search: 'mug', limit: '5' }, status: 200 },
    { summary: 'Newest items of a category', query: { category: 'toys', sort: 'newest' }, status: 200 },
    { summary: 'Limit over 100', query: { limit: '1000' }, status: 400 },
  ],
  listCategories: [{ summary: 'All', status: 200 }],
  findItem: [
    { summary: 'One mug', path: { id: 'badger-enamel-mug' }, status: 200 },
    { summary: 'Unknown item', path: { id: 'honey-badger' }, status: 404 },
  ],
  findPicture: [{ summary: 'A mug', path: { id: 'badger-enamel-mug' }, status: 200 }],
  listPaymentMethods: [{ summary: 'All', status: 200 }],
  quoteCheckout: [
    { summary: 'A cart with five mugs', headers: asShopper, status: 200 },
    { summary: 'Without the scope checkout', headers: { Authorization: 'Bearer {{visitor}}' }, status: 403 },
    { summary: 'Without a userToken', status: 401 },
  ],
  checkOut: [
    { summary: 'Without the Origin of the store', headers: asShopper, body: paying('approve'), status: 403 },
    { summary: 'Declined payment', headers: shopperFromFirstParty, body: paying('decline'), status: 402 },
    {
      summary: 'Total that is not the expected total',
      headers: shopperFromFirstParty,
      body: { ...paying('approve'), expectedTotal: { amount: 1, currency: 'EUR' } },
      status: 409,
    },
    {
      summary: 'Approved payment, with an Idempotency-Key',
      headers: { ...shopperFromFirstParty, 'Idempotency-Key': 'order-1' },
      body: paying('approve'),
      status: 200,
      keep: { order: ['order', 'id'] },
    },
    {
      summary: 'The same request with the same Idempotency-Key',
      headers: { ...shopperFromFirstParty, 'Idempotency-Key': 'order-1' },
      body: paying('approve'),
      status: 200,
    },
    {
      summary: 'Another request with the same Idempotency-Key',
      headers: { ...shopperFromFirstParty, 'Idempotency-Key': 'order-1' },
      body: paying('decline'),
      status: 422,
    },
    { summary: 'Empty cart', headers: shopperFromFirstParty, body: paying('approve'), status: 400 },
  ],
  listOrders: [{ summary: 'Pending and paid orders', headers: asShopper, status: 200 }],
  findOrder: [
    { summary: 'A paid order', path: { id: '{{order}}' }, headers: asShopper, status: 200 },
    { summary: 'Unknown order', path: { id: '8f8f0f8a-0000-4000-8000-000000000000' }, headers: asShopper, status: 404 },
  ],
  readOpenApi: [{ summary: 'All', status: 200 }],
  readDocs: [{ summary: 'All', status: 200 }],
};
