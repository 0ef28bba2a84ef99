import { newUserId } from './account';
import { createDeviceTokens } from './device-token';

const [old, current] = ['o'.repeat(32), 'c'.repeat(32)];

it('each device token has a random id, and names its account', () => {
  const tokens = createDeviceTokens([current]);
  const accountId = newUserId();
  const [one, other] = [tokens.parse(tokens.issue(accountId)), tokens.parse(tokens.issue(accountId))];
  expect([one?.accountId, other?.accountId]).toEqual([accountId, accountId]);
  expect(one?.id).not.toBe(other?.id);
});

it('a device token is valid as long as its secret is in the list', () => {
  const text = createDeviceTokens([old]).issue(newUserId());
  expect(createDeviceTokens([current, old]).parse(text)).toBeDefined();
  expect(createDeviceTokens([current]).parse(text)).toBeUndefined();
  expect(createDeviceTokens([old]).parse(createDeviceTokens([current, old]).issue(newUserId()))).toBeUndefined();
});

it('a device token is invalid when any character is changed', () => {
  const tokens = createDeviceTokens([current]);
  const text = tokens.issue(newUserId());
  for (let at = 0; at < text.length; at += 1) {
    const changed = `${text.slice(0, at)}${text[at] === 'A' ? 'E' : 'A'}${text.slice(at + 1)}`;
    expect(tokens.parse(changed)).toBeUndefined();
  }
  for (const other of ['', '.', '..', `${text}.`, ` ${text}`, text.toUpperCase(), text.slice(0, -1), `${text}A`]) {
    expect(tokens.parse(other)).toBeUndefined();
  }
});
