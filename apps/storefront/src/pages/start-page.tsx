import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { catalogueQuery } from '../api/queries';
import { BadgerMark } from '../components/badger-mark';
import { Failure } from '../components/failure';
import { CardSkeletons, ItemCard } from '../components/item-card';
import { CategoryTiles } from '../components/category-tiles';

const featured = 8;

export function StartPage() {
  const { data, error, refetch } = useInfiniteQuery(
    catalogueQuery({ search: '', category: '', sort: 'newest' }, 1, featured),
  );
  const items = data?.pages[0]?.items;
  return (
    <>
      <title>Badger Store</title>
      <section className="hero">
        <div className="hero-text">
          <h1 tabIndex={-1}>Good evening.</h1>
          <p>Mugs, boots, books and toys for people who are up when the badgers are.</p>
          <Link href="/shop" className="button button-gold">
            See all goods
          </Link>
        </div>
        <div className="hero-art" aria-hidden="true">
          <div className="hero-moon" />
          <BadgerMark className="mark hero-badger" />
          <div className="hero-hill" />
        </div>
      </section>
      <section className="section" aria-labelledby="categories">
        <h2 id="categories">Find your way down</h2>
        <CategoryTiles />
      </section>
      <section className="section" aria-labelledby="featured">
        <h2 id="featured">New in the sett</h2>
        {error && !items ? (
          <Failure error={error} what="The goods" onRetry={() => void refetch()} />
        ) : (
          <ul className="grid">
            {items ? items.map((item) => <ItemCard key={item.id} item={item} />) : <CardSkeletons count={featured} />}
          </ul>
        )}
      </section>
    </>
  );
}
