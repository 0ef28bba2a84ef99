import { numberSetting } from './number-settings';

const whole = numberSetting({ min: 1, max: 100 });
const decimal = numberSetting({ min: 0, max: 1 }, { decimals: true });

describe('a number in a setting', () => {
  it.each(['1', '7', '007', '100'])('numberSetting accepts %j', (text) => {
    expect(whole.parse(text)).toBe(Number(text));
  });

  it.each([
    ...[
      '',
      ' ',
      ' 1',
      '1 ',
      '1\n',
      '+1',
      '-1',
      '0',
      '101',
      '1.5',
      '1.',
      '1,000',
      '1_000',
      '1e1',
      '1E1',
      '0x10',
      '0b1',
      '0o7',
    ],
    ...['NaN', 'Infinity', '-Infinity', 'infinity', 'one', '１', '٣', 'null', '9'.repeat(400)],
  ])('numberSetting refuses %j', (text) => {
    expect(whole.safeParse(text).success).toBe(false);
  });

  it('numberSetting names its range in its message', () => {
    expect(whole.safeParse('x').error?.issues[0]?.message).toBe(
      'must be a whole number from 1 to 100, in decimal digits',
    );
  });

  it.each(['0', '0.25', '1', '1.0'])('numberSetting with decimals accepts %j', (text) => {
    expect(decimal.parse(text)).toBe(Number(text));
  });

  it.each(['.5', '1.', '1e-1', '-0.1', '1.1', 'NaN', '0x1', ''])('numberSetting with decimals refuses %j', (text) => {
    expect(decimal.safeParse(text).success).toBe(false);
  });
});
