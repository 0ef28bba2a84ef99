import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import { Link, useLocation } from 'wouter';
import { itemsByIdQuery } from '../api/queries';
import { createStore, useStore } from '../api/store';
import type { CartLine, Item, Money } from '../api/types';
import { refusalText, useCart } from '../cart/customer-cart';
import { cart } from '../shop';
import { BadgerMark } from './badger-mark';
import { announce } from './live-region';
import { CloseIcon } from './icons';
import { formatMoney, Price } from './price';
import { QuantityStepper } from './quantity-stepper';

const drawer = createStore({ isOpen: false });
export const openCart = () => drawer.update(() => ({ isOpen: true }));
const closeCart = () => drawer.update(() => ({ isOpen: false }));

export function CartDrawer() {
  const { isOpen } = useStore(drawer);
  const dialog = useRef<HTMLDialogElement>(null);
  const [path] = useLocation();
  useEffect(closeCart, [path]);
  useEffect(() => {
    if (isOpen && !dialog.current?.open) dialog.current?.showModal();
    if (!isOpen && dialog.current?.open) dialog.current.close();
  }, [isOpen]);

  return (
    <dialog
      ref={dialog}
      className="drawer"
      aria-labelledby="cart-title"
      onClose={closeCart}
      onClick={({ target }) => target === dialog.current && closeCart()}
    >
      <div className="drawer-body">
        <header className="drawer-head">
          <h2 id="cart-title">Your cart</h2>
          <button type="button" className="icon-button" aria-label="Close the cart" onClick={closeCart}>
            <CloseIcon />
          </button>
        </header>
        {isOpen && <CartContent />}
      </div>
    </dialog>
  );
}

function CartContent() {
  const { status, lines, refusal, isSaving } = useCart();
  const ids = useMemo(
    () => [...new Set([...lines, ...(refusal ? [refusal] : [])].map(({ id }) => id))],
    [lines, refusal],
  );
  const { data: items = [] } = useQuery(itemsByIdQuery(ids));
  const named = (id: string) => items.find((item) => item.id === id);

  if (status === 'unavailable' && lines.length === 0) return <CartUnavailable />;
  return (
    <>
      {status === 'unavailable' && <CartUnavailable />}
      {refusal && (
        <p className="message message-bad" role="alert">
          {refusalText(refusal.error, named(refusal.id)?.name ?? 'This item')}{' '}
          <button type="button" className="link-button" onClick={cart.dismissRefusal}>
            Dismiss
          </button>
        </p>
      )}
      {lines.length === 0 ? (
        <EmptyCart isLoading={status === 'loading'} />
      ) : (
        <>
          <ul className="cart-lines">
            {lines.map((line) => (
              <CartRow key={line.id} line={line} item={named(line.id)} />
            ))}
          </ul>
          <footer className="drawer-foot">
            <p className="drawer-total">
              <span>Goods</span>
              <Subtotal lines={lines} items={items} />
            </p>
            <p className="hint" aria-live="polite">
              {isSaving ? 'Saving …' : 'Shipping and tax are shown at checkout.'}
            </p>
            <Link href="/shop/checkout" className="button button-wide">
              Check out
            </Link>
          </footer>
        </>
      )}
    </>
  );
}

const CartUnavailable = () => (
  <p className="message message-bad" role="alert">
    The cart is unavailable at the moment. The shop goes on, and what you add now is saved as soon as the cart is back.
  </p>
);

const EmptyCart = ({ isLoading }: { isLoading: boolean }) =>
  isLoading ? (
    <p className="hint">Loading …</p>
  ) : (
    <div className="empty">
      <BadgerMark className="mark mark-asleep" />
      <p>Nothing in here yet. Badgers are patient.</p>
      <Link href="/shop" className="button">
        Look around
      </Link>
    </div>
  );

function CartRow({ line: { id, quantity }, item }: { line: CartLine; item: Item | undefined }) {
  const name = item?.name ?? id;
  const step = (difference: 1 | -1) => {
    cart.change(id, difference);
    announce(`${quantity + difference} × ${name}`);
  };
  return (
    <li className="cart-row">
      {item ? (
        <img src={item.imageUrl} alt="" width="72" height="72" />
      ) : (
        <div className="skeleton cart-row-picture" aria-hidden="true" />
      )}
      <div className="cart-row-text">
        <Link href={`/shop/items/${id}`}>{name}</Link>
        {item && <Price money={item.price} className="cart-row-price" />}
        {item && item.available < quantity && (
          <span className="warning">{item.available === 0 ? 'Sold out' : `Only ${item.available} left`}</span>
        )}
      </div>
      <QuantityStepper name={name} quantity={quantity} min={1} onStep={step} />
      <button
        type="button"
        className="icon-button"
        aria-label={`Remove ${name}`}
        onClick={() => {
          cart.remove(id);
          announce(`${name} removed`);
        }}
      >
        <CloseIcon />
      </button>
    </li>
  );
}

function Subtotal({ lines, items }: { lines: readonly CartLine[]; items: readonly Item[] }) {
  const priced = lines.map(({ id, quantity }) => ({ quantity, price: items.find((item) => item.id === id)?.price }));
  const [first] = priced;
  if (!first?.price || priced.some(({ price }) => !price)) return <span className="skeleton skeleton-word" />;
  const amount = priced.reduce((sum, { quantity, price }) => sum + quantity * (price?.amount ?? 0), 0);
  const total: Money = { amount, currency: first.price.currency };
  return <strong>{formatMoney(total)}</strong>;
}
