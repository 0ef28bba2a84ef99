-- A service may not create extensions: k8s/README.md says who does.
do $$
begin
  if to_regoperator('public.%(text,text)') is null then
    raise exception 'the extension pg_trgm is missing from the schema public of this database'
      using hint = 'As the owner of the database: create extension pg_trgm schema public';
  end if;
end
$$;

-- The catalogue has one currency. To change it, update this row: the items follow, and their amounts stay as they are.
create table catalogue_currency (
  currency char(3) primary key check (currency ~ '^[A-Z]{3}$'),
  is_only boolean not null default true unique check (is_only)
);
insert into catalogue_currency values ('EUR');

create function catalogue_currency() returns char(3) language sql stable
  return (select currency from catalogue_currency);

-- The form in which text is searched: equal for upper and lower case (full case folding), for composed and decomposed characters
-- and for compatible characters (NFKC). A final sigma is a sigma, a dotted capital I an i, and invisible characters do not count.
-- The collation is named, so that the locale of the database makes no difference.
create function search_form(value text) returns text language sql immutable strict parallel safe
  return translate(
    normalize(lower(upper(normalize(value, nfkc) collate "und-x-icu") collate "und-x-icu"), nfkc),
    U&'\03C2\0307\00AD\200B\200C\200D\2060\FE0E\FE0F\FEFF',
    U&'\03C3'
  );

-- A pattern for LIKE that finds the word anywhere. Wildcards in the word are escaped after NFKC, which can produce them.
create function search_pattern(word text) returns text language sql immutable strict parallel safe
  return '%' || regexp_replace(search_form(word), '([\\%_])', '\\\1', 'g') || '%';

create table items (
  id text primary key check (id ~ '^[A-Za-z0-9][A-Za-z0-9._~-]{0,63}$'),
  -- The routes take back the names (in a cursor) and the categories (in a query) that they return.
  name text not null check (name <> '' and char_length(name) <= 500 and name !~ '[\u0001-\u001f\u007f-\u009f]'),
  description text not null,
  category text not null
    check (category <> '' and char_length(category) <= 64 and category !~ '[\u0001-\u001f\u007f-\u009f]'),
  price_amount integer not null check (price_amount >= 0),
  currency char(3) not null default catalogue_currency() references catalogue_currency on update cascade,
  stock integer not null check (stock >= 0),
  reserved integer not null default 0 check (reserved between 0 and stock),
  picture_svg text not null,
  -- Milliseconds, because a cursor holds this value as JavaScript reads it.
  created_at timestamptz(3) not null default now(),
  search_text text collate "C" not null
    generated always as (search_form(name || ' ' || description || ' ' || category)) stored
);

create index items_by_name on items (name collate "und-x-icu", id collate "C");
create index items_by_category on items (category, name collate "und-x-icu", id collate "C");
create index items_by_price on items (price_amount, id collate "C");
create index items_by_created_at on items (created_at, id collate "C");
create index items_search on items using gin (search_text public.gin_trgm_ops);

-- A released reservation stays as a tombstone, so that a late reserve of its id is rejected.
create table reservations (
  checkout_id uuid primary key,
  status text not null check (status in ('held', 'committed', 'released')),
  created_at timestamptz not null default now(),
  checked_at timestamptz not null default now(),
  ended_at timestamptz,
  check ((status = 'held') = (ended_at is null))
);
create index reservations_held on reservations (checked_at) where status = 'held';
create index reservations_ended on reservations (ended_at) where ended_at is not null;

create table reservation_lines (
  checkout_id uuid references reservations on delete cascade,
  item_id text references items,
  quantity integer not null check (quantity > 0),
  primary key (checkout_id, item_id)
);

create function keep_ended_reservation() returns trigger language plpgsql as $$
begin
  if old.status <> 'held' and new.status <> old.status then
    raise exception 'reservation % is % and cannot become %', old.checkout_id, old.status, new.status
      using errcode = 'check_violation';
  end if;
  return new;
end
$$;
create trigger keep_ended_reservation before update on reservations
  for each row execute function keep_ended_reservation();

-- Stock changes are functions, so that no item row stays locked between two statements of a service: a slow, paused or dead
-- process blocks no other. All functions lock the reservation first and then the items in one order, so they cannot deadlock.

-- Returns { status }, and { lines } with the shortages when the status is 'short'. A short reservation leaves no row.
create function reserve_stock(checkout uuid, ids text[], quantities integer[]) returns jsonb language plpgsql as $$
declare
  present text;
  is_same boolean;
  short jsonb;
begin
  insert into reservations (checkout_id, status) values (checkout, 'held') on conflict do nothing;
  if not found then
    select status into strict present from reservations where checkout_id = checkout;
    select jsonb_object(ids, quantities::text[]) = coalesce(jsonb_object_agg(item_id, quantity::text), '{}')
      into is_same from reservation_lines where checkout_id = checkout;
    return jsonb_build_object('status', case when present = 'released' or is_same then present else 'differs' end);
  end if;

  perform from items where id = any (ids) order by id collate "C" for update;
  select jsonb_agg(
      jsonb_build_object('id', wanted.id, 'requested', quantity, 'available', coalesce(stock - reserved, 0)) order by place
    ) into short
    from unnest(ids, quantities) with ordinality as wanted (id, quantity, place) left join items using (id)
    where quantity > coalesce(stock - reserved, 0);
  if short is not null then
    delete from reservations where checkout_id = checkout;
    return jsonb_build_object('status', 'short', 'lines', short);
  end if;

  insert into reservation_lines select checkout, id, quantity from unnest(ids, quantities) as wanted (id, quantity);
  update items set reserved = reserved + quantity from reservation_lines where checkout_id = checkout and item_id = id;
  return jsonb_build_object('status', 'held');
end
$$;

-- Ends a held reservation and returns its status; null when there is no such reservation to commit.
create function end_reservation(checkout uuid, end_status text) returns text language plpgsql as $$
declare
  present text;
begin
  if end_status = 'released' then
    insert into reservations (checkout_id, status, ended_at) values (checkout, 'released', now()) on conflict do nothing;
  end if;
  select status into present from reservations where checkout_id = checkout for update;
  if present is distinct from 'held' then
    return present;
  end if;

  update reservations set status = end_status, ended_at = now() where checkout_id = checkout;
  perform from items where id in (select item_id from reservation_lines where checkout_id = checkout)
    order by id collate "C" for update;
  update items set
      reserved = reserved - quantity,
      stock = stock - case end_status when 'committed' then quantity else 0 end
    from reservation_lines where checkout_id = checkout and item_id = id;
  return end_status;
end
$$;
