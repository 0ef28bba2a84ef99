import createClient from 'openapi-fetch';
import type { Session } from '../session/session';
import type { paths } from './generated/schema';
import type { Transport } from './transport';
import type { ProblemCode } from './types';

export const createApi = (baseUrl: string, fetch: Transport) => createClient<paths>({ baseUrl, fetch });

export type OpenApi = ReturnType<typeof createApi>;

const tokenProblems: readonly ProblemCode[] = ['NO_TOKEN', 'INVALID_TOKEN'];

/**
 * Adds the session's userToken. If the token was refused, it is renewed once, and the request is sent again. Other 401 responses, such as that to a
 * wrong password, are returned.
 */
export const withUserToken =
  (send: Transport, session: Pick<Session, 'token' | 'renew'>): Transport =>
  async (request) => {
    const again = request.clone();
    const response = await send(await withToken(request, session));
    if (!(await isTokenRefused(response))) return response;
    await session.renew();
    return (await session.token()) === undefined ? response : send(await withToken(again, session));
  };

async function isTokenRefused(response: Response): Promise<boolean> {
  if (response.status !== 401) return false;
  const problem = (await response
    .clone()
    .json()
    .catch(() => undefined)) as { code?: ProblemCode } | undefined;
  return problem?.code !== undefined && tokenProblems.includes(problem.code);
}

async function withToken(request: Request, session: Pick<Session, 'token'>): Promise<Request> {
  const token = await session.token();
  if (token !== undefined) request.headers.set('Authorization', `Bearer ${token}`);
  return request;
}
