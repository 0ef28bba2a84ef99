-- Forgets what was set apart for a transfer, now that it was applied, and puts back what the other cart had no room for.
-- KEYS[1] outgoing lines  [2] cart  [3] lock
-- ARGV[2] transfer id  [3] ttl in ms  [4] cart version, should there be no cart any more  [5 ...] line id, quantity to put back, ...
-- reply   1 | 0 it is another transfer's, or gone
local id = string.match(redis.call('HGET', KEYS[1], '') or '', '^(%S+)')
if id ~= ARGV[2] then return 0 end
for i = 5, #ARGV, 2 do
  local _, _, data = readLine(KEYS[1], ARGV[i])
  openCart(KEYS[2], KEYS[3], ARGV[4], ARGV[3])
  local held, place, heldData = readLine(KEYS[2], ARGV[i])
  local change = countChanges(KEYS[2], 1)
  writeLine(KEYS[2], ARGV[i], (held or 0) + ARGV[i + 1], place or change, heldData or data)
end
redis.call('DEL', KEYS[1])
return 1
