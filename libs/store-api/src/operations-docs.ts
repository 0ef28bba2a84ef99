import { z } from 'zod';
import type { Operation } from './operation';

const tag = 'Description';
const servedBy = 'gateway';
const openApi = z.looseObject({ openapi: z.literal('3.1.0'), paths: z.looseObject({}) });

export const docsOperations: readonly Operation[] = [
  {
    id: 'readOpenApi',
    method: 'get',
    path: '/openapi.json',
    servedBy,
    tag,
    summary: 'This document',
    answer: { status: 200, description: 'An OpenAPI document', schema: openApi, isPublic: true },
    problems: {},
    examples: [{ summary: 'All of it', status: 200 }],
  },
  {
    id: 'readDocs',
    method: 'get',
    path: '/docs',
    servedBy,
    tag,
    summary: 'A page to read and try it',
    answer: { status: 200, description: 'The page', type: 'text/html', isPublic: true },
    problems: {},
    examples: [{ summary: 'As it is', status: 200 }],
  },
];
