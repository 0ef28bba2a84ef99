create table items (
  id text primary key check (id ~ '^[A-Za-z0-9][A-Za-z0-9._~-]{0,63}$'),
  name text not null check (name <> ''),
  description text not null,
  category text not null check (category <> ''),
  price_amount integer not null check (price_amount >= 0),
  currency char(3) not null default 'EUR',
  stock integer not null check (stock >= 0),
  picture_svg text not null
);

create index items_by_name on items (name collate "C", id);
create index items_by_category on items (category, name collate "C", id);
