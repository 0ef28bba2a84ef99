-- Whose cart an order was taken from. Signing in gives a guest's orders to the user; the cart that is told of them stays the guest's.
alter table orders add column cart_owner text;
update orders set cart_owner = user_id;
alter table orders alter column cart_owner set not null;

create index orders_newest_of_cart on orders (cart_owner, created_at desc) where status = 'paid';
create index orders_by_cart_version on orders (cart_owner, cart_incarnation) where status = 'paid';
create index orders_unsettled on orders (user_id, created_at) where status = 'paid' and settled_at is null;
