-- Removes from the cart what a completed checkout bought, once for a checkout id: a record counts against the cart version that it was
-- read from, which ends with the last line and with every completed checkout. A lock that was acquired again, from a record of before,
-- says nothing about the cart as it is now: were its checkout id to become the cart version, a version of before would come back.
-- KEYS[1] cart  [2] lock  [3] locked quantities
-- ARGV[2] checkout id  [3] attempt id, or '' when a durable record says that the checkout completed  [4] ttl in ms
--     where a record: [5] its cart version  [6 ...] line id, quantity, data, ...
-- reply   the cart version then, '' where there is no cart | LOCK_LOST
if ARGV[3] ~= '' and not ownsLock(KEYS[2], ARGV[2], ARGV[3]) then return LOCK_LOST end
local id, lockedFrom = unpack(redis.call('HMGET', KEYS[2], 'checkoutId', 'cartVersion'))
local version, data = readVersion(KEYS[1])

local bought, isOfThisVersion = {}, true
if id == ARGV[2] then
  local locked = redis.call('HGETALL', KEYS[3])
  for i = 1, #locked, 2 do bought[#bought + 1] = { locked[i], locked[i + 1] } end
  isOfThisVersion = lockedFrom == version
  redis.call('DEL', KEYS[2], KEYS[3])
else
  if version ~= ARGV[5] then return version end
  for i = 6, #ARGV, 3 do bought[#bought + 1] = { ARGV[i], ARGV[i + 1] } end
end
for _, line in ipairs(bought) do
  local quantity, place, lineData = readLine(KEYS[1], line[1])
  if quantity then writeLine(KEYS[1], line[1], quantity - line[2], place, lineData) end
end
if redis.call('EXISTS', KEYS[1]) == 1 then
  countChanges(KEYS[1], 1)
  if isOfThisVersion then writeVersion(KEYS[1], ARGV[2], data) end
  -- The cart outlives an open checkout, which is another one then.
  redis.call('PEXPIRE', KEYS[1], math.max(redis.call('PTTL', KEYS[2]), ARGV[4]))
  endVersionIfEmpty(KEYS[1])
end
clampLocked(KEYS[1], KEYS[3])
return (readVersion(KEYS[1]))
