import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { catalogueQuery, itemQuery } from '../api/queries';
import type { Item } from '../api/types';
import { addToCart, useCart } from '../cart/customer-cart';
import { openCart } from '../components/cart-drawer';
import { categoryHref } from '../components/category-tiles';
import { Failure } from '../components/failure';
import { ItemCard } from '../components/item-card';
import { Price } from '../components/price';
import { QuantityStepper } from '../components/quantity-stepper';
import { isNotFound } from '../shop';
import { NotFoundPage } from './not-found-page';

export function ItemPage({ id }: { id: string }) {
  const { data: item, error, refetch } = useQuery(itemQuery(id));
  if (isNotFound(error)) return <NotFoundPage />;
  if (error && !item) {
    return (
      <div className="section">
        <Failure error={error} what="This item" onRetry={() => void refetch()} />
      </div>
    );
  }
  return (
    <div className="section">
      {item ? <ItemDetails item={item} /> : <ItemSkeleton />}
      {item && <MoreLikeThis item={item} />}
    </div>
  );
}

function ItemDetails({ item }: { item: Item }) {
  const { id, name, description, category, price, available, imageUrl } = item;
  const [quantity, setQuantity] = useState(1);
  const inCart = useCart().lines.find((line) => line.id === id)?.quantity ?? 0;
  return (
    <article className="item">
      <title>{`${name} · Badger Store`}</title>
      <img
        className="item-picture"
        src={imageUrl}
        alt={name}
        width="400"
        height="400"
        style={{ viewTransitionName: `item-${id}` }}
      />
      <div className="item-text">
        <p className="item-category">
          <Link href={categoryHref(category)}>{category}</Link>
        </p>
        <h1 tabIndex={-1}>{name}</h1>
        <Price money={price} className="item-price" />
        <p>{description}</p>
        {available === 0 ? (
          <p className="message message-bad">Sold out. It may be back; the badgers are not saying when.</p>
        ) : (
          <>
            <p className="item-stock" data-few={available <= 20}>
              {available <= 20 ? `Only ${available} left` : 'In stock'}
            </p>
            <div className="item-buy">
              <QuantityStepper
                name={name}
                quantity={quantity}
                min={1}
                max={Math.min(available, 999)}
                onStep={(difference) => setQuantity(quantity + difference)}
              />
              <button type="button" className="button" onClick={() => addToCart(item, quantity)}>
                Add to cart
              </button>
            </div>
          </>
        )}
        {inCart > 0 && (
          <p className="item-in-cart">
            {inCart} in your cart.{' '}
            <button type="button" className="link-button" onClick={openCart}>
              Open the cart
            </button>
          </p>
        )}
      </div>
    </article>
  );
}

function MoreLikeThis({ item }: { item: Item }) {
  const { data } = useInfiniteQuery(catalogueQuery({ search: '', category: item.category, sort: 'name' }, 1, 5));
  const others = data?.pages[0]?.items.filter(({ id }) => id !== item.id).slice(0, 4) ?? [];
  if (others.length === 0) return null;
  return (
    <section aria-labelledby="more" className="more-like-this">
      <h2 id="more">From the same burrow</h2>
      <ul className="grid">
        {others.map((other) => (
          <ItemCard key={other.id} item={other} />
        ))}
      </ul>
    </section>
  );
}

const ItemSkeleton = () => (
  <div className="item" aria-busy="true">
    <div className="skeleton item-picture" />
    <div className="item-text">
      <h1 className="skeleton skeleton-title" tabIndex={-1}>
        <span className="visually-hidden">Loading</span>
      </h1>
      <div className="skeleton skeleton-line" />
      <div className="skeleton skeleton-line" />
    </div>
  </div>
);
