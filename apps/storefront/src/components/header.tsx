import { Link } from 'wouter';
import { useStore } from '../api/store';
import { useCart } from '../cart/customer-cart';
import { session } from '../shop';
import { BadgerMark } from './badger-mark';
import { openCart } from './cart-drawer';
import { AccountIcon, CartIcon } from './icons';

export function Header() {
  const { status } = useStore(session);
  const { count } = useCart();
  return (
    <header className="header">
      <Link href="/" className="brand" aria-label="Badger Store, start page">
        <BadgerMark />
        <span aria-hidden="true">Badger Store</span>
      </Link>
      <nav aria-label="Store">
        <Link href="/shop" className={(active) => (active ? 'nav-link is-active' : 'nav-link')}>
          All goods
        </Link>
        <Link href="/account" className="nav-link nav-account">
          <AccountIcon />
          <span>{status === 'user' ? 'Account' : 'Sign in'}</span>
        </Link>
        <button type="button" className="cart-button" onClick={openCart} aria-haspopup="dialog">
          <CartIcon />
          <span className="nav-label">Cart</span>
          <span key={count} className="cart-count" data-empty={count === 0}>
            {count}
            <span className="visually-hidden"> {count === 1 ? 'item' : 'items'}</span>
          </span>
        </button>
      </nav>
    </header>
  );
}
