import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { createPublicResponses, type PublicContent } from '@badger-store/service-kit';
import { publicRoutes } from '@badger-store/store-api';
import { Router } from 'express';
import { createPagePolicy } from './page-policy';

export interface Site {
  readonly routes: Router;
  /** What a browser is shown where the store has nothing. A 404 of the API is a problem for all clients. */
  readonly findNotFoundPage: (path: string) => string | undefined;
}

const getFirst = (path: string) => path.split('/')[1] ?? '';
const ofApi: ReadonlySet<string> = new Set(publicRoutes.map(({ path }) => getFirst(path)));

/** The addresses of pages. None begins as a route of the API does. */
const pages = ['/', '/shop', '/shop/*page', '/account', '/account/*page'];

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.woff2': 'font/woff2',
};
const pageType = 'text/html; charset=utf-8';
const yearSeconds = 365 * 24 * 3600;

/** No string becomes HTML. */
const strict = createPagePolicy({
  fontSrc: ["'self'"],
  requireTrustedTypesFor: ["'script'"],
  trustedTypes: ["'none'"],
});

/** Serves the built site: its page at each address of a page, and its files, whose names change with their content. */
export function openSite(folder: string): Site {
  const router = Router({ caseSensitive: true });
  const sendPublic = createPublicResponses();
  const page = { ...readContent(join(folder, 'index.html'), pageType), maxAgeSeconds: 0 };
  router.get(pages, strict, (req, res) => sendPublic(req, res, page));

  const assets = join(folder, 'assets');
  for (const name of readdirSync(assets)) {
    const type = types[extname(name)];
    if (!type) continue;
    const content = { ...readContent(join(assets, name), type), maxAgeSeconds: yearSeconds, isImmutable: true };
    router.get(`/assets/${name}`, strict, (req, res) => sendPublic(req, res, content));
  }
  const notFoundPage = readFileSync(join(folder, '404.html'), 'utf8');
  return { routes: router, findNotFoundPage: (path) => (ofApi.has(getFirst(path)) ? undefined : notFoundPage) };
}

/** A file, and what the build made of it for each content coding. */
function readContent(file: string, type: string): Pick<PublicContent, 'body' | 'type' | 'precompressed'> {
  const read = (path: string) => (existsSync(path) ? readFileSync(path) : undefined);
  return { body: readFileSync(file), type, precompressed: { br: read(`${file}.br`), gzip: read(`${file}.gz`) } };
}
