import type { Params } from './stripe-books';

/** Reads `metadata[orderId]=1&expand[0]=latest_charge`, as Stripe takes the parameters of a call. */
export function parseForm(text: string): Params {
  const params: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const path = name.split(/\]?\[|\]/).filter(Boolean);
    const last = path.pop() ?? name;
    let at = params;
    for (const part of path) at = (at[part] ??= {}) as Record<string, unknown>;
    at[last] = value;
  }
  return params as Params;
}
