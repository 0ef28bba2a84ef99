-- Replaces the lines of the cart, its data, or both. An open checkout locks no more than what the new cart holds.
-- KEYS[1] cart  [2] locked quantities  [3] lock
-- ARGV[2] ttl in ms  [3] cart version, should there be no cart yet  [4] version that the cart must have, '' for any
--     [5] data, '' keeps it, 'null' removes it  [6] 'keep' | 'replace': the lines  [7 ...] line id, quantity, data, ...
-- reply   the whole cart as one text | CART_VERSION_CONFLICT
if isConflict(KEYS[1], ARGV[4]) then return CART_VERSION_CONFLICT end
if ARGV[6] == 'replace' then removeLines(KEYS[1]) end
local count = (#ARGV - 6) / 3
if count > 0 or chooseData(ARGV[5], '') ~= '' then openCart(KEYS[1], KEYS[3], ARGV[3], ARGV[2]) end
if redis.call('EXISTS', KEYS[1]) == 1 then
  local place = countChanges(KEYS[1], count + 1) - count
  for i = 7, #ARGV, 3 do
    writeLine(KEYS[1], ARGV[i], tonumber(ARGV[i + 1]), place, ARGV[i + 2])
    place = place + 1
  end
  local version, data = readVersion(KEYS[1])
  if ARGV[5] ~= '' then writeVersion(KEYS[1], version, chooseData(ARGV[5], data)) end
  endVersionIfEmpty(KEYS[1])
  redis.call('PEXPIRE', KEYS[1], ARGV[2], 'GT')
end
clampLocked(KEYS[1], KEYS[2])
return wholeCart(KEYS[1])
