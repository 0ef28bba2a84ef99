import { withUserToken } from './client';

function open(...codes: readonly string[]) {
  const sent: (string | null)[] = [];
  let renewals = 0;
  const send = withUserToken(
    (request) => {
      sent.push(request.headers.get('Authorization'));
      const code = codes[sent.length - 1];
      return Promise.resolve(code ? Response.json({ code }, { status: 401 }) : new Response('{}'));
    },
    {
      token: () => Promise.resolve(`token-${renewals}`),
      renew: () => {
        renewals += 1;
        return Promise.resolve();
      },
    },
  );
  return { sent, send: () => send(new Request('http://store.example/account', { method: 'POST', body: '{}' })) };
}

describe('a request with a userToken', () => {
  it('is sent again with a new userToken when the userToken was refused', async () => {
    const { sent, send } = open('INVALID_TOKEN');
    expect((await send()).status).toBe(200);
    expect(sent).toEqual(['Bearer token-0', 'Bearer token-1']);
  });

  it('is sent twice at most', async () => {
    const { sent, send } = open('INVALID_TOKEN', 'INVALID_TOKEN');
    expect((await send()).status).toBe(401);
    expect(sent).toHaveLength(2);
  });

  it('is sent once when the password is wrong, and its response can be read', async () => {
    const { sent, send } = open('WRONG_CREDENTIALS');
    expect(await (await send()).json()).toEqual({ code: 'WRONG_CREDENTIALS' });
    expect(sent).toHaveLength(1);
  });
});
