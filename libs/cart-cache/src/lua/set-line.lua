-- Changes a line that is there; quantity 0 removes it. An open checkout locks no more than what is left.
-- KEYS[1] cart  [2] locked quantities
-- ARGV[2] line id  [3] quantity, '' keeps it  [4] data, '' keeps it, 'null' removes it  [5] ttl in ms
--     [6] version that the cart must have, '' for any
-- reply   the whole cart as one text | ITEM_NOT_IN_CART | CART_VERSION_CONFLICT
if isConflict(KEYS[1], ARGV[6]) then return CART_VERSION_CONFLICT end
local held, place, data = readLine(KEYS[1], ARGV[2])
if not held then return ITEM_NOT_IN_CART end
local quantity = tonumber(ARGV[3]) or held
countChanges(KEYS[1], 1)
writeLine(KEYS[1], ARGV[2], quantity, place, chooseData(ARGV[4], data))
endVersionIfEmpty(KEYS[1])
clampLockedLine(KEYS[2], ARGV[2], quantity)
redis.call('PEXPIRE', KEYS[1], ARGV[5], 'GT')
return wholeCart(KEYS[1])
