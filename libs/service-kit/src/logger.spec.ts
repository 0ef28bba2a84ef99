import { createLogger } from './logger';

const getLine = (fields: object): string => {
  let written = '';
  createLogger('spec', 'info', { write: (line) => void (written += line) }).info(fields, 'logged');
  return written;
};

const secrets = {
  authorization: 'Bearer hunter2',
  cookie: 'session=hunter2',
  'set-cookie': ['session=hunter2'],
  'x-api-key': 'hunter2',
  password: 'hunter2',
  refreshToken: 'hunter2',
  userToken: 'hunter2',
};

describe('a log line', () => {
  it.each<[string, object]>([
    ['at the top', secrets],
    ['in an object', { body: secrets }],
    ['in the headers of a request', { req: { headers: secrets } }],
    ['further down', { upstream: { response: { headers: { ...secrets } } } }],
    ['in the fourth object', { a: { b: { c: { d: secrets } } } }],
    ['in a list', { attempts: [secrets, { headers: secrets }] }],
  ])('a log line omits a secret that is %s', (_where, fields) => {
    const line = getLine({ ...fields, kept: 'plain' });
    expect(line).not.toContain('hunter2');
    expect(JSON.parse(line)).toMatchObject({ kept: 'plain', msg: 'logged', level: 'info' });
    for (const name of Object.keys(secrets)) expect(line).toContain(`"${name}":"[secret]"`);
  });

  it('logging does not modify the logged object', () => {
    const body = { ...secrets };
    getLine({ body });
    expect(body).toEqual(secrets);
  });

  it('a log line of an error omits its extra properties', () => {
    const err = Object.assign(new Error('refused'), { command: { args: ['hunter2'] }, password: 'hunter2' });
    expect(getLine({ err })).not.toContain('hunter2');
    expect(getLine({ err })).toContain('refused');
  });
});
