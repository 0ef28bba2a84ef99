/** Every step of a checkout, in their order; where nothing is paid, the stock and the lock are released. */
export const steps = [
  'find_orders',
  'acquire_lock',
  'price_items',
  'record_order',
  'recheck_cart',
  'reserve_stock',
  'create_payment',
  'record_payment',
  'confirm_payment',
  'record_outcome',
  'commit_stock',
  'release_stock',
  'mark_inventory_notified',
  'complete_checkout',
  'release_lock',
  'mark_customer_notified',
] as const;
export type Step = (typeof steps)[number];

/** Runs a step. It may wait before and after the work, and what it throws fails the step. */
export type Trace = <Result>(step: Step, work: () => Promise<Result>) => Promise<Result>;

export const untraced: Trace = (_step, work) => work();
