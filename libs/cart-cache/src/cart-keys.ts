/** Every key that belongs to a cart; the braces put all of them into one Cluster slot. */
export const cartKeys = (userToken: string) => {
  const cart = `{${userToken}}_cart`;
  return {
    cart,
    claim: `${cart}:claim`,
    claimed: `${cart}:claimed`,
    operations: `${cart}:operations`,
    apart: `${cart}:apart`,
    merged: `${cart}:merged`,
  };
};
