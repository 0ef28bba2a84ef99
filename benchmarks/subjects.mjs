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
/** Measured when named alone: it settled decision 0010. */
export const onRequest = ['forwarders', 'tracing-cost'];
