import { createConcurrencyLimit, createPublicResponses, ServiceError, validate } from '@badger-store/service-kit';
import { encodeCursor, itemId, itemsQuery, type Categories, type Item, type ItemsPage } from '@badger-store/store-api';
import type { Request, Response, Router } from 'express';
import type { Catalogue } from '../domain/catalogue';

/** Stock changes often, pictures seldom. */
const maxAgeSeconds = { items: 10, picture: 60 };

const maxSearches = 12;

/** Open to everybody, without a token. */
export function addItemRoutes(router: Router, catalogue: Catalogue): void {
  const sendPublic = createPublicResponses();
  const sendJson = (req: Request, res: Response, content: Item | ItemsPage | Categories) =>
    sendPublic(req, res, {
      body: JSON.stringify(content),
      type: 'application/json; charset=utf-8',
      maxAgeSeconds: maxAgeSeconds.items,
    });

  const limitSearches = createConcurrencyLimit(maxSearches, 0, () => {
    const message = 'Too many searches are running. Retry after 1 second.';
    return new ServiceError('unavailable', 'BUSY', message, { retryAfterSeconds: 1 });
  });

  router.get('/inventory/items', async (req, res) => {
    const { search, category, sort, limit, cursor, ids } = validate(itemsQuery, req.query);
    if (ids) {
      await sendJson(req, res, { items: await catalogue.findMany(ids), nextCursor: null });
      return;
    }
    const after = cursor && { value: cursor[1], id: cursor[2] };
    const readPage = () => catalogue.page({ words: search, category, sort, limit, after });
    const { items, next } = await (search.length > 0 ? limitSearches(readPage) : readPage());
    await sendJson(req, res, {
      items,
      nextCursor: next ? encodeCursor([sort, next.value, next.id]) : null,
    });
  });

  router.get('/inventory/categories', async (req, res) => {
    await sendJson(req, res, { categories: await catalogue.categories() });
  });

  router.get('/inventory/items/:id', async (req, res) => {
    await sendJson(req, res, await findExisting(req.params.id, (id) => catalogue.find(id)));
  });

  router.get('/inventory/items/:id/picture.svg', async (req, res) => {
    const svg = await findExisting(req.params.id, (id) => catalogue.findPicture(id));
    res.set({
      'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'",
      'X-Content-Type-Options': 'nosniff',
    });
    await sendPublic(req, res, {
      body: svg,
      type: 'image/svg+xml; charset=utf-8',
      maxAgeSeconds: maxAgeSeconds.picture,
    });
  });
}

async function findExisting<Found>(id: string, find: (id: string) => Promise<Found | undefined>): Promise<Found> {
  const found = itemId.safeParse(id).success ? await find(id) : undefined;
  if (found === undefined) throw new ServiceError('not-found', 'ITEM_NOT_FOUND', 'There is no item with this id.');
  return found;
}
