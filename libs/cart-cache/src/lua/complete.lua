-- Takes a checkout that is done off the cart, once per checkout id: a record counts against the cartVersion that it was read
-- from, which ends with the last line and with every checkout that is taken off. A claim that was made anew, from a record of
-- before, says nothing about the cart as it is by now: were it to become '#settled', an cartVersion of before would come back.
-- KEYS[1] cart  [2] claim  [3] claimed amounts
-- ARGV[2] checkout id  [3] attempt id, or '' when a durable record says that it is done  [4] ttl in ms
--     where a record: [5] its cartVersion  [6 ...] item id, quantity, ...
-- reply   the cart's version then, '' where there is no cart | CLAIM_LOST
if ARGV[3] ~= '' and not ownsClaim(KEYS[2], ARGV[2], ARGV[3]) then return CLAIM_LOST end
local id, claimedFrom = unpack(redis.call('HMGET', KEYS[2], 'checkoutId', 'born'))
local version = readVersion(KEYS[1])

local takes, ofThisCart = {}, true
if id == ARGV[2] then
  takes, ofThisCart = redis.call('HGETALL', KEYS[3]), claimedFrom == version
  redis.call('DEL', KEYS[2], KEYS[3])
else
  if version ~= ARGV[5] then return version end
  for i = 6, #ARGV do takes[#takes + 1] = ARGV[i] end
end
for i = 1, #takes, 2 do
  local quantity, place = readLine(KEYS[1], takes[i])
  if quantity then writeLine(KEYS[1], takes[i], quantity - takes[i + 1], place) end
end
if countLines(KEYS[1]) > 0 then
  if ofThisCart then redis.call('HSET', KEYS[1], '#settled', ARGV[2]) end
  -- The cart outlives an open checkout, which is another one then.
  redis.call('PEXPIRE', KEYS[1], math.max(redis.call('PTTL', KEYS[2]), ARGV[4]))
end
dropIfEmpty(KEYS[1])
clampClaimed(KEYS[1], KEYS[3])
return readVersion(KEYS[1])
