alter table items add column reserved integer not null default 0 check (reserved between 0 and stock);

-- What is held for a checkout, or was. One that is released stays as a tombstone, so that a late reserve of its id is refused.
create table reservations (
  checkout_id uuid primary key,
  status text not null check (status in ('held', 'committed', 'released')),
  created_at timestamptz not null default now(),
  looked_at timestamptz not null default now(),
  ended_at timestamptz,
  check ((status = 'held') = (ended_at is null))
);
create index reservations_held on reservations (looked_at) where status = 'held';
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
create trigger ended_reservations_stay before update on reservations
  for each row execute function keep_ended_reservation();

-- The changes of stock are functions, so that no row of an item is locked while a service has its turn: one that is slow, paused
-- or dead holds up nobody. All lock the reservation first and then the items in one order, so that none can deadlock another.

-- Answers { status }, with the lines that are short where that is 'short'; what is not held in the end leaves no trace.
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

-- Ends a reservation that is held, and answers the status that it has then; null where there is no such reservation to commit.
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
