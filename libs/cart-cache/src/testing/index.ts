export { describeCarts, type CartsHarness } from './contract';
export { createInMemoryCarts, type InMemoryCarts, type InMemoryCartsOptions } from './in-memory-carts';
export { InMemoryCartStore } from './in-memory-cart-store';
