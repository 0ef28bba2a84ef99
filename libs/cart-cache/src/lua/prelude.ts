import text from './prelude.lua';

/** What a script replies when it changed nothing, and the `code` of the error that it becomes; `LOCK_LOST` becomes a result. */
export const replyCodes = {
  TOO_MANY_LINES: -1,
  TOO_MANY_OF_ITEM: -2,
  ITEM_NOT_IN_CART: -3,
  EMPTY_CART: -4,
  CHECKOUT_IN_PROGRESS: -5,
  LOCK_LOST: -6,
  IDEMPOTENCY_KEY_REUSED: -7,
  TOO_MANY_IDEMPOTENCY_KEYS: -8,
  CART_VERSION_CONFLICT: -9,
} as const;

const codes = `local ${Object.keys(replyCodes).join(', ')} = ${Object.values(replyCodes).join(', ')}\n`;

const helpers = text.split(/\n\n/).flatMap((lua) => {
  const name = /^local function (\w+)/m.exec(lua)?.[1];
  return name === undefined ? [] : [{ lua, isUsedBy: new RegExp(`\\b${name}\\(`) }];
});

/** Puts the reply codes and the helpers that a script calls before it, and no other helper: Redis creates them for every call. */
export function withPrelude(script: string): string {
  return (
    codes + helpers.reduceRight((rest, { lua, isUsedBy }) => (isUsedBy.test(rest) ? `${lua}\n${rest}` : rest), script)
  );
}
