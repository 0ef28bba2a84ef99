import createClient from 'openapi-fetch';
import type { Session } from '../session/session';
import type { paths } from './generated/schema';
import type { Transport } from './transport';

export const createApi = (baseUrl: string, fetch: Transport) => createClient<paths>({ baseUrl, fetch });

export type OpenApi = ReturnType<typeof createApi>;

/** Adds the session's userToken. One that was refused is renewed once; then the request is sent again. */
export const withUserToken =
  (send: Transport, session: Pick<Session, 'token' | 'renew'>): Transport =>
  async (request) => {
    const again = request.clone();
    const response = await send(await withToken(request, session));
    if (response.status !== 401) return response;
    await session.renew();
    return (await session.token()) === undefined ? response : send(await withToken(again, session));
  };

async function withToken(request: Request, session: Pick<Session, 'token'>): Promise<Request> {
  const token = await session.token();
  if (token !== undefined) request.headers.set('Authorization', `Bearer ${token}`);
  return request;
}
