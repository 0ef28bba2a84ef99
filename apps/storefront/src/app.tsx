import { lazy, Suspense, useState } from 'react';
import { flushSync } from 'react-dom';
import { Route, Router, Switch } from 'wouter';
import { CartDrawer } from './components/cart-drawer';
import { Footer } from './components/footer';
import { Header } from './components/header';
import { LiveRegion } from './components/live-region';
import { Notices } from './components/notices';
import { PageFocus } from './components/page-focus';
import { CataloguePage } from './pages/catalogue-page';
import { ItemPage } from './pages/item-page';
import { NotFoundPage } from './pages/not-found-page';
import { StartPage } from './pages/start-page';

const CheckoutPage = lazy(() => import('./pages/checkout-page'));
const AccountPages = lazy(() => import('./pages/account-pages'));
const UnderTheHood = lazy(() => import('./components/under-the-hood'));

export function App() {
  const [showsHood, setShowsHood] = useState(false);
  return (
    <Router aroundNav={withTransition}>
      <a className="skip-link" href="#content">
        Skip to content
      </a>
      <Header />
      <Notices />
      <main id="content" tabIndex={-1}>
        <Suspense fallback={<p className="page-loading">Loading …</p>}>
          <Switch>
            <Route path="/" component={StartPage} />
            <Route path="/shop" component={CataloguePage} />
            <Route path="/shop/items/:id">{({ id }) => <ItemPage key={id} id={id} />}</Route>
            <Route path="/shop/checkout" component={CheckoutPage} />
            <Route path="/account/*?" component={AccountPages} />
            <Route component={NotFoundPage} />
          </Switch>
        </Suspense>
        <PageFocus />
      </main>
      <Footer showsHood={showsHood} onToggleHood={() => setShowsHood(!showsHood)} />
      <CartDrawer />
      <LiveRegion />
      <Suspense>{showsHood && <UnderTheHood onClose={() => setShowsHood(false)} />}</Suspense>
    </Router>
  );
}

type Navigate = (to: string, options?: { replace?: boolean; transition?: boolean }) => void;

/** The picture of an item moves from where it is to where it is on the next page, in browsers that can. */
function withTransition(navigate: Navigate, to: string, options?: { replace?: boolean; transition?: boolean }): void {
  const go = () => navigate(to, options);
  const prefersStillness = matchMedia('(prefers-reduced-motion: reduce)').matches;
  if (!options?.transition || !('startViewTransition' in document) || prefersStillness) return go();
  document.startViewTransition(() => flushSync(go));
}
