import { createPublicResponses, ServiceError, validate } from '@badger-store/service-kit';
import { encodeCursor, itemId, itemsQuery, type Categories, type Item, type ItemsPage } from '@badger-store/store-api';
import type { Request, Response, Router } from 'express';
import type { Catalogue } from '../domain/catalogue';
import { TooManySearchesError } from '../domain/limit-searches';

/** Stock changes often, pictures seldom. */
const maxAgeSeconds = { items: 10, picture: 60 };

/** Open to everybody, without a token. */
export function addItemRoutes(router: Router, { catalogue }: { catalogue: Catalogue }): void {
  const sendPublic = createPublicResponses();
  const sendJson = (req: Request, res: Response, content: Item | ItemsPage | Categories) =>
    sendPublic(req, res, {
      body: JSON.stringify(content),
      type: 'application/json; charset=utf-8',
      maxAgeSeconds: maxAgeSeconds.items,
    });

  router.get('/inventory/items', async (req, res) => {
    const { search, category, sort, limit, cursor, ids } = validate(itemsQuery, req.query);
    if (ids) {
      await sendJson(req, res, { items: await catalogue.findMany(ids), nextCursor: null });
      return;
    }
    const after = cursor && { value: cursor[1], id: cursor[2] };
    const { items, next } = await catalogue.page({ words: search, category, sort, limit, after }).catch(toResponse);
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

function toResponse(error: unknown): never {
  if (!(error instanceof TooManySearchesError)) throw error;
  const message = 'Too many searches are running. Retry after 1 second.';
  throw new ServiceError('unavailable', 'BUSY', message, { cause: error, retryAfterSeconds: 1 });
}

async function findExisting<Found>(id: string, find: (id: string) => Promise<Found | undefined>): Promise<Found> {
  const found = itemId.safeParse(id).success ? await find(id) : undefined;
  if (found === undefined) throw new ServiceError('not-found', 'ITEM_NOT_FOUND', 'There is no item with this id.');
  return found;
}
