-- Takes a checkout that is done off the cart, once per checkout id: a record counts against the incarnation that it was read
-- from, which ends with the last line and with every checkout that is taken off. A claim that was made anew, from a record of
-- before, says nothing about the cart as it is by now: were it to become '#settled', an incarnation of before would come back.
-- KEYS[1] cart  [2] claim  [3] claimed amounts
-- ARGV[2] checkout id  [3] attempt id, or '' when a durable record says that it is done  [4] ttl in ms
--     where a record: [5] its incarnation  [6 ...] item id, quantity, ...
-- reply   the cart's version then, '' where there is no cart | -6 the claim is another's
local id, attempt, claimedFrom = unpack(redis.call('HMGET', KEYS[2], 'checkoutId', 'attemptId', 'born'))
local born, settled = unpack(redis.call('HMGET', KEYS[1], '#born', '#settled'))
local incarnation = born and born .. settled
local owner = id == ARGV[2] and attempt == ARGV[3]
if ARGV[3] ~= '' and not owner then return -6 end

local takes, ofThisCart = {}, true
if id == ARGV[2] then
  takes, ofThisCart = redis.call('HGETALL', KEYS[3]), claimedFrom == incarnation
  redis.call('DEL', KEYS[2], KEYS[3])
else
  if incarnation ~= ARGV[5] then return incarnation or '' end
  for i = 6, #ARGV do takes[#takes + 1] = ARGV[i] end
end
for i = 1, #takes, 2 do
  local held = redis.call('HGET', KEYS[1], takes[i])
  if held then
    local quantity, place = string.match(held, '(%d+):(%d+)')
    local left = quantity - takes[i + 1]
    if left > 0 then
      redis.call('HSET', KEYS[1], takes[i], string.format('%d:%s', left, place))
    else
      redis.call('HDEL', KEYS[1], takes[i])
    end
  end
end
local fields = redis.call('HLEN', KEYS[1])
if fields == 3 then
  redis.call('DEL', KEYS[1])
elseif fields > 3 then
  if ofThisCart then redis.call('HSET', KEYS[1], '#settled', ARGV[2]) end
  -- The cart outlives an open checkout, which is another one then.
  redis.call('PEXPIRE', KEYS[1], math.max(redis.call('PTTL', KEYS[2]), ARGV[4]))
end
local claimed = redis.call('HGETALL', KEYS[3])
for i = 1, #claimed, 2 do
  local held = redis.call('HGET', KEYS[1], claimed[i])
  local left = held and tonumber(string.match(held, '%d+'))
  if not left then
    redis.call('HDEL', KEYS[3], claimed[i])
  elseif left < tonumber(claimed[i + 1]) then
    redis.call('HSET', KEYS[3], claimed[i], left)
  end
end
born, settled = unpack(redis.call('HMGET', KEYS[1], '#born', '#settled'))
return born and born .. settled or ''
