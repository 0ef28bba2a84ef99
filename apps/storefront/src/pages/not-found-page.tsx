import { Link } from 'wouter';
import { BadgerMark } from '../components/badger-mark';

export const NotFoundPage = () => (
  <div className="section empty">
    <title>Page not found · Badger Store</title>
    <meta name="robots" content="noindex" />
    <BadgerMark />
    <h1 tabIndex={-1}>Page not found</h1>
    <p>
      This tunnel ends here. <Link href="/shop">See all goods</Link>
    </p>
  </div>
);
