-- Sets the quantity of a line that is there; 0 removes the line. An open checkout claims no more than what is left.
-- KEYS[1] cart  [2] claimed amounts
-- ARGV[2] item id  [3] quantity  [4] ttl in ms
-- reply   the whole cart as one text | ITEM_NOT_IN_CART
local held, place = readLine(KEYS[1], ARGV[2])
if not held then return ITEM_NOT_IN_CART end
local quantity = tonumber(ARGV[3])
writeLine(KEYS[1], ARGV[2], quantity, place)
dropIfEmpty(KEYS[1])
clampClaimedLine(KEYS[2], ARGV[2], quantity)
redis.call('PEXPIRE', KEYS[1], ARGV[4], 'GT')
return wholeCart(KEYS[1])
