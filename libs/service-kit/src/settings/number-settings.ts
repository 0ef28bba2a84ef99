import { z } from 'zod';

export interface NumberRange {
  readonly min: number;
  readonly max: number;
}

/**
 * The one reader of numbers in settings and arguments. It takes decimal digits, and a fraction only with `decimals`:
 * `Number()` would also take '', ' 1', '1e3', '0x10' and 'Infinity'.
 */
export function numberSetting({ min, max }: NumberRange, { decimals = false } = {}) {
  const kind = decimals ? 'number' : 'whole number';
  const digits = decimals ? /^-?\d{1,16}(\.\d{1,16})?$/ : /^-?\d{1,16}$/;
  return z.string().transform((text, context) => {
    const value = digits.test(text) ? Number(text) : NaN;
    // Not `value < min || value > max`: NaN is neither.
    if (value >= min && value <= max) return value;
    context.addIssue({ code: 'custom', message: `must be a ${kind} from ${min} to ${max}, in decimal digits` });
    return z.NEVER;
  });
}
