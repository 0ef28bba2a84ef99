import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, openApi } from '../shop';
import { unwrap } from './problem';
import type { CartLine, ItemsPage, ItemSort, OrdersPage } from './types';

export const pageSize = 12;
const maxLimit = 96;

export interface ItemsFilter {
  readonly search: string;
  readonly category: string;
  readonly sort: ItemSort;
}

export const itemQuery = (id: string) =>
  queryOptions({
    queryKey: ['items', 'one', id],
    queryFn: async ({ signal }) =>
      unwrap(await openApi.GET('/inventory/items/{id}', { params: { path: { id } }, signal })),
  });

/** Of the items that are named, in that order; those that do not exist are left out. */
export const itemsByIdQuery = (ids: readonly string[]) =>
  queryOptions({
    queryKey: ['items', 'ids', [...ids].sort()],
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const query = { ids: ids.join() };
      return unwrap(await openApi.GET('/inventory/items', { params: { query }, signal })).items;
    },
  });

export const categoriesQuery = () =>
  queryOptions({
    queryKey: ['categories'],
    staleTime: 60_000,
    queryFn: async ({ signal }) => unwrap(await openApi.GET('/inventory/categories', { signal })).categories,
  });

/** The first page is as long as all pages that were shown before a reload. */
export const catalogueQuery = ({ search, category, sort }: ItemsFilter, pages = 1, size = pageSize) =>
  infiniteQueryOptions({
    queryKey: ['items', 'list', { search, category, sort, size }],
    placeholderData: keepPreviousData,
    initialPageParam: { limit: Math.min(maxLimit, size * pages), cursor: undefined as string | undefined },
    getNextPageParam: ({ nextCursor }: ItemsPage) =>
      nextCursor === null ? undefined : { limit: size, cursor: nextCursor },
    queryFn: async ({ pageParam: { limit, cursor }, signal }) => {
      const query = { limit, sort, search: search || undefined, category: category || undefined, cursor };
      return unwrap(await openApi.GET('/inventory/items', { params: { query }, signal }));
    },
  });

export const ordersQuery = () =>
  infiniteQueryOptions({
    queryKey: ['orders'],
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }: OrdersPage) => nextCursor ?? undefined,
    queryFn: async ({ pageParam: cursor, signal }) =>
      unwrap(await api.GET('/orders', { params: { query: { cursor } }, signal })),
  });

export const orderQuery = (id: string) =>
  queryOptions({
    queryKey: ['orders', id],
    queryFn: async ({ signal }) => unwrap(await api.GET('/orders/{id}', { params: { path: { id } }, signal })),
  });

/** What the cart comes to, before it is paid. Another cart has another quote. */
export const quoteQuery = (lines: readonly CartLine[]) =>
  queryOptions({
    queryKey: ['quote', lines],
    staleTime: 0,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => unwrap(await api.GET('/Cart/checkout', { signal })),
  });

export const paymentMethodsQuery = () =>
  queryOptions({
    queryKey: ['payment-methods'],
    staleTime: 60_000,
    queryFn: async ({ signal }) => unwrap(await openApi.GET('/payment-methods', { signal })).paymentMethods,
  });
