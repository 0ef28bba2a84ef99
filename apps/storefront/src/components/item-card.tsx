import { Link } from 'wouter';
import type { Item } from '../api/types';
import { addToCart } from '../cart/customer-cart';
import { PlusIcon } from './icons';
import { Price } from './price';

export function ItemCard({ item }: { item: Item }) {
  const { id, name, price, imageUrl, available } = item;
  return (
    <li className="card" data-sold-out={available === 0}>
      <Link href={`/shop/items/${id}`} className="card-link" transition>
        <img
          src={imageUrl}
          alt=""
          width="400"
          height="400"
          loading="lazy"
          style={{ viewTransitionName: `item-${id}` }}
        />
        <span className="card-name">{name}</span>
      </Link>
      <div className="card-foot">
        <Price money={price} />
        {available > 0 && available <= 20 && <span className="card-stock">Only {available} left</span>}
        {available === 0 ? (
          <span className="badge">Sold out</span>
        ) : (
          <button
            type="button"
            className="add-button"
            aria-label={`Add ${name} to cart`}
            onClick={() => addToCart(item)}
          >
            <PlusIcon />
          </button>
        )}
      </div>
    </li>
  );
}

export const CardSkeletons = ({ count }: { count: number }) => (
  <>
    {Array.from({ length: count }, (_, n) => (
      <li key={n} className="card is-loading" aria-hidden="true">
        <div className="skeleton skeleton-picture" />
        <div className="skeleton skeleton-line" />
      </li>
    ))}
  </>
);
