import { z } from 'zod';

/** Accepts decimal digits only. `Number()` would also accept '', ' 1', '1e3', '0x10' and 'Infinity'. */
export function numberSetting({ min, max }: { min: number; max: number }, { decimals = false } = {}) {
  const digits = decimals ? /^-?\d{1,16}(\.\d{1,16})?$/ : /^-?\d{1,16}$/;
  return z.string().transform((text, context) => {
    const value = digits.test(text) ? Number(text) : NaN;
    // Not `value < min || value > max`, which is false for NaN.
    if (value >= min && value <= max) return value;
    const type = decimals ? 'number' : 'whole number';
    context.addIssue({ code: 'custom', message: `must be a ${type} from ${min} to ${max}, in decimal digits` });
    return z.NEVER;
  });
}
