/** What `npm run bench` measures, in this order. */
export const subjects = [
  'inventory',
  'gateway',
  'cart-cache',
  'add-cost',
  'memory',
  'lost-updates',
  'start',
  'allocations',
];
/** Measured when named alone. */
export const onRequest = ['forwarders', 'tracing-cost'];
