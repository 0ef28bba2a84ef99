-- Replaces the cart. An open checkout claims no more than what the new cart holds.
-- KEYS[1] cart  [2] claimed amounts  [3] claim
-- ARGV[2] ttl in ms  [3] cartVersion, should there be no cart yet  [4 ...] item id, quantity, ...
-- reply   1
if #ARGV == 3 then
  redis.call('DEL', KEYS[1])
else
  removeLines(KEYS[1])
  openCart(KEYS[1], KEYS[3], ARGV[3], ARGV[2])
  for i = 4, #ARGV, 2 do writeLine(KEYS[1], ARGV[i], tonumber(ARGV[i + 1])) end
end
clampClaimed(KEYS[1], KEYS[2])
return 1
