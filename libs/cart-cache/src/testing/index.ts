export { describeCartCache, type CartCacheHarness } from './cart-cache-contract';
export { createInMemoryCartCache, type InMemoryCartCacheOptions } from './in-memory-cart-cache';
export { InMemoryCartStore } from './in-memory-cart-store';
