import { Route, Switch } from 'wouter';
import { AccountPage } from './account-page';
import { NotFoundPage } from './not-found-page';
import { OrderPage } from './order-page';
import { OrdersPage } from './orders-page';
import { SignInPage } from './sign-in-page';

/** What is below `/account`, loaded when it is first opened. */
export default function AccountPages() {
  return (
    <Switch>
      <Route path="/account" component={AccountPage} />
      <Route path="/account/sign-in">
        <SignInPage key="sign-in" isNew={false} />
      </Route>
      <Route path="/account/sign-up">
        <SignInPage key="sign-up" isNew />
      </Route>
      <Route path="/account/orders" component={OrdersPage} />
      <Route path="/account/orders/:id">{({ id }) => <OrderPage key={id} id={id} />}</Route>
      <Route component={NotFoundPage} />
    </Switch>
  );
}
