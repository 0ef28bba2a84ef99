-- The catalogue has one currency. Another one is set here, and the items follow; their amounts stay as they are.
create table catalogue_currency (
  currency char(3) primary key check (currency ~ '^[A-Z]{3}$'),
  is_only boolean not null default true unique check (is_only)
);
insert into catalogue_currency values ('EUR');

create function catalogue_currency() returns char(3) language sql stable
  return (select currency from catalogue_currency);

alter table items
  alter column currency set default catalogue_currency(),
  add foreign key (currency) references catalogue_currency on update cascade;
