export * from './cart-scripts';
export * from './checkout-scripts';
export * from './transfer-scripts';
