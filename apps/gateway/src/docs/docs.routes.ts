import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createOpenApi } from '@badger-store/store-api';
import { Router, type Response } from 'express';
import helmet from 'helmet';
import swaggerUiFolder from 'swagger-ui-dist/absolute-path.js';

const apiVersion = '1.0.0';

/** Beside the built program, or, in tests, where the build takes them from. */
const ownFolder = [join(__dirname, 'docs'), join(__dirname, 'page')].find((folder) => existsSync(folder)) ?? __dirname;
const folders: Readonly<Record<string, string>> = {
  'docs.css': ownFolder,
  'docs.js': ownFolder,
  'swagger-ui.css': swaggerUiFolder(),
  'swagger-ui-bundle.js': swaggerUiFolder(),
};

/** Nothing but this origin, nothing inline. Swagger UI has its icons in data URLs. `upgrade-insecure-requests` would break http://localhost. */
const strict = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
});

/** The API's description, and a page to read and try it; every file of it comes from here. */
export function docsRoutes(): Router {
  const router = Router({ caseSensitive: true });
  const document = JSON.stringify(createOpenApi(apiVersion));

  router.get('/openapi.json', strict, (_req, res) => {
    res.set({ 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'public, max-age=60' });
    res.type('json').send(document);
  });
  router.get('/docs', strict, (_req, res) => send(res, ownFolder, 'index.html'));
  for (const [file, folder] of Object.entries(folders)) {
    router.get(`/docs/${file}`, strict, (_req, res) => send(res, folder, file));
  }
  return router;
}

/** Asked about each time, by its ETag, so that no page is put together from two releases. */
const send = (res: Response, root: string, file: string) =>
  res.set('Cache-Control', 'no-cache').sendFile(file, { root });
