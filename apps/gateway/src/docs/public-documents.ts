import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPublicResponses } from '@badger-store/service-kit';
import { createOpenApi } from '@badger-store/store-api';
import { Router } from 'express';
import swaggerUiFolder from 'swagger-ui-dist/absolute-path.js';
import { createPagePolicy } from '../http/page-policy';
import type { SigningKey } from '../keys/key-file';

const apiVersion = '1.0.0';

/** `docs` is beside the built program, `page` beside this source. */
const ownFolder = [join(__dirname, 'docs'), join(__dirname, 'page')].find((folder) => existsSync(folder)) ?? __dirname;
const folders: Readonly<Record<string, string>> = {
  'docs.css': ownFolder,
  'docs.js': ownFolder,
  'swagger-ui.css': swaggerUiFolder(),
  'swagger-ui-bundle.js': swaggerUiFolder(),
};

/** Swagger UI has its icons in data URLs. */
const strict = createPagePolicy({ imgSrc: ["'self'", 'data:'] });

/** The keys of userTokens (RFC 7517), the OpenAPI document, and a page to read and try it. */
export function publicDocuments(publishedKeys: () => readonly SigningKey[]): Router {
  const router = Router({ caseSensitive: true });
  const sendPublic = createPublicResponses();
  const add = (path: string, type: string, read: () => string | Buffer) =>
    router.get(path, strict, (req, res) =>
      sendPublic(req, res, { body: read(), type: `${type}; charset=utf-8`, maxAgeSeconds: 60 }),
    );

  add('/.well-known/jwks.json', 'application/json', () =>
    JSON.stringify({ keys: publishedKeys().map(({ jwk }) => jwk) }),
  );
  const openApi = JSON.stringify(createOpenApi(apiVersion));
  add('/openapi.json', 'application/json', () => openApi);

  const page = readFileSync(join(ownFolder, 'index.html'));
  for (const [file, folder] of Object.entries(folders)) {
    const content = readFileSync(join(folder, file));
    add(`/docs/${file}`, file.endsWith('.css') ? 'text/css' : 'text/javascript', () => content);
  }
  add('/docs', 'text/html', () => page);
  return router;
}
