import { z } from 'zod';
import type { Operation } from './operation';

const common = { method: 'get', servedBy: 'gateway', tag: 'Description', problems: [] } as const;
const openApi = z
  .looseObject({ openapi: z.string(), paths: z.record(z.string(), z.unknown()) })
  .meta({ id: 'OpenApiDocument' });

export const docsOperations: readonly Operation[] = [
  {
    ...common,
    id: 'readOpenApi',
    path: '/openapi.json',
    summary: 'Get this document',
    description: 'OpenAPI 3.1.',
    response: { status: 200, description: 'The OpenAPI document', schema: openApi, isPublic: true },
  },
  {
    ...common,
    id: 'readDocs',
    path: '/docs',
    summary: 'Get a page to read this document and to try the API',
    description: 'For people, in a browser.',
    response: { status: 200, description: 'The page', type: 'text/html', isPublic: true },
  },
];
