import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, openApi } from '../shop';
import { unwrap } from './problem';
import type { CartLine } from './types';

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
