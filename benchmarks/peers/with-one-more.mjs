/** The change that every peer makes to a cart that it has read. */
export function withOneMore(cart, id, quantity = 1) {
  const line = cart.find((each) => each.id === id);
  if (line) line.quantity += quantity;
  else cart.push({ id, quantity });
  return cart;
}
