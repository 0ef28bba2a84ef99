import { createOpenApi } from './openapi';
import { freeText } from './text';

describe('free text', () => {
  it.each([
    ['Persian with a zero-width non-joiner', 'می\u200cخواهم'],
    ['an emoji with zero-width joiners', '👩\u200d👩\u200d👧'],
    ['a family of emoji with variation selectors', '🏴\u200d☠\ufe0f'],
    ['apostrophes', "O'Brien’s"],
    ['hyphens', 'Jean-Luc‐Marie–Dachs'],
    ['decomposed letters', 'Dachsbra\u0308u'],
    ['a soft hyphen', 'Dachs\u00adbau'],
    ['a right-to-left mark', 'שלום\u200f!'],
    ['a no-break space', 'PO\u00a04711'],
  ])('allows %s', (_what, text) => {
    expect(freeText(100).safeParse(text).success).toBe(true);
  });

  it.each([
    '\0',
    '\t',
    '\n',
    '\r',
    '\u001f',
    '\u007f',
    '\u0080',
    '\u0085',
    '\u009f',
    '\u2028',
    '\u2029',
    '\ud800',
    '\udc00',
  ])('refuses the control character or lone surrogate %j', (character) => {
    expect(freeText(100).safeParse(`a${character}b`).success).toBe(false);
  });

  it('counts characters as JSON Schema does', () => {
    expect([64, 65].map((length) => freeText(64).safeParse('🦡'.repeat(length)).success)).toEqual([true, false]);
  });
});

describe('the patterns of the OpenAPI document', () => {
  const patterns = new Set<string>();
  JSON.stringify(createOpenApi('1.2.3'), (key, value: unknown) => {
    if (key === 'pattern') patterns.add(String(value));
    return value;
  });

  it.each([...patterns])('use what every validator knows: %s', (pattern) => {
    // Neither look-around, back references, Unicode properties nor named groups; no letter escapes but \d and \x.
    expect(pattern).not.toMatch(/\(\?[^:]|\\[1-9]|\\[A-Za-ceg-wyz]/);
    expect(() => new RegExp(pattern)).not.toThrow();
    expect(() => new RegExp(pattern, 'u')).not.toThrow();
  });
});
