import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPublicResponses } from '@badger-store/service-kit';
import { createOpenApi } from '@badger-store/store-api';
import { Router } from 'express';
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
  const sendPublic = createPublicResponses();
  const add = (path: string, type: string, body: string | Buffer) =>
    router.get(path, strict, (req, res) =>
      sendPublic(req, res, { body, type: `${type}; charset=utf-8`, maxAgeSeconds: 60 }),
    );

  add('/openapi.json', 'application/json', JSON.stringify(createOpenApi(apiVersion)));
  let page = readFileSync(join(ownFolder, 'index.html'), 'utf8');
  for (const [file, folder] of Object.entries(folders)) {
    const content = readFileSync(join(folder, file));
    add(`/docs/${file}`, file.endsWith('.css') ? 'text/css' : 'text/javascript', content);
    page = page.replace(`"/docs/${file}"`, `"/docs/${file}?v=${versionOf(content)}"`);
  }
  add('/docs', 'text/html', page);
  return router;
}

/** Part of a file's address, so that no page is put together from what a browser keeps of another release. */
const versionOf = (content: Buffer) => createHash('sha256').update(content).digest('hex').slice(0, 12);
