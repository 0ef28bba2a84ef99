export { describeCarts, type CartsHarness } from './carts-contract';
export { createInMemoryCarts, type InMemoryCartsOptions } from './in-memory-carts';
export { InMemoryCartStore } from './in-memory-cart-store';
