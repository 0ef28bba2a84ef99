-- A service may not make extensions: k8s/README.md says who does.
do $$
begin
  if to_regoperator('public.%(text,text)') is null then
    raise exception 'the extension pg_trgm is missing from the schema public of this database'
      using hint = 'As the owner of the database: create extension pg_trgm schema public';
  end if;
end
$$;

-- The form in which text is searched: alike for upper and lower case (full case folding), for composed and decomposed characters
-- and for compatible ones (NFKC). A final sigma is a sigma, a dotted capital I an i, and characters that show nothing do not count.
-- The collation is named, so that the locale of the database makes no difference.
create function search_form(value text) returns text language sql immutable strict parallel safe
  return translate(
    normalize(lower(upper(normalize(value, nfkc) collate "und-x-icu") collate "und-x-icu"), nfkc),
    U&'\03C2\0307\00AD\200B\200C\200D\2060\FE0E\FE0F\FEFF',
    U&'\03C3'
  );

-- A pattern for LIKE that finds the word anywhere; its own signs are plain, also those that NFKC makes of others.
create function search_pattern(word text) returns text language sql immutable strict parallel safe
  return '%' || regexp_replace(search_form(word), '([\\%_])', '\\\1', 'g') || '%';

alter table items add column search_text text collate "C" not null
  generated always as (search_form(name || ' ' || description || ' ' || category)) stored;
create index items_search on items using gin (search_text public.gin_trgm_ops);

-- Names sort as people expect, whatever the locale of the database.
drop index items_by_name, items_by_category;
create index items_by_name on items (name collate "und-x-icu", id collate "C");
create index items_by_category on items (category, name collate "und-x-icu", id collate "C");

-- What the catalogue gives out, its routes take back: a name in a cursor, a category in a query.
alter table items
  add check (char_length(name) <= 500 and name !~ '[\u0001-\u001f\u007f-\u009f]'),
  add check (char_length(category) <= 64 and category !~ '[\u0001-\u001f\u007f-\u009f]');
