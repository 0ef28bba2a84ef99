import { serveLocally } from '@badger-store/test-kit';
import { Router } from 'express';
import request from 'supertest';
import { assembleService } from '../assemble-service';
import { createLogger } from '../logger';
import { ServiceError, type ErrorCategory } from '../problems';

it.each<[ErrorCategory, number, boolean]>([
  ['unavailable', 503, true],
  ['not-implemented', 501, false],
  ['version-not-supported', 505, false],
  ['not-found', 404, false],
])('an error of the category %s gets %d, and whether it is logged is %s', async (category, status, isLogged) => {
  let written = '';
  const log = createLogger('spec', 'error', { write: (line) => void (written += line) });
  const routes = Router().get('/problem', () => {
    throw new ServiceError(category, 'SOME_CODE', 'What happened.');
  });
  const config = { PORT: 0, HOST: '127.0.0.1', DRAIN_SECONDS: 1 };
  const service = assembleService(config, log, { routes, checks: {}, close: () => Promise.resolve() });
  const server = await serveLocally(service.app);
  const res = await request(server.url).get('/problem');
  await server.close();
  expect([res.status, written.includes('SOME_CODE')]).toEqual([status, isLogged]);
});
