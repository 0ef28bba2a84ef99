-- Replaces the cart. An open checkout claims no more than what the new cart holds.
-- KEYS[1] cart  [2] claimed amounts  [3] claim
-- ARGV[2] ttl in ms  [3] incarnation, should there be no cart yet  [4 ...] item id, quantity, ...
-- reply   1
local born, settled = unpack(redis.call('HMGET', KEYS[1], '#born', '#settled'))
-- The cart outlives an open checkout, also one of the cart before it.
local left = math.max(redis.call('PTTL', KEYS[1]), redis.call('PTTL', KEYS[3]))
redis.call('DEL', KEYS[1])
local quantities = {}
for i = 4, #ARGV, 2 do
  quantities[ARGV[i]] = tonumber(ARGV[i + 1])
  redis.call('HSET', KEYS[1], ARGV[i], string.format('%d:%d', ARGV[i + 1], (i - 2) / 2))
end
if #ARGV > 3 then
  redis.call('HSET', KEYS[1], '#next', (#ARGV - 3) / 2, '#born', born or ARGV[3], '#settled', settled or '')
  redis.call('PEXPIRE', KEYS[1], math.max(left, ARGV[2]))
end
local claimed = redis.call('HGETALL', KEYS[2])
for i = 1, #claimed, 2 do
  local left = quantities[claimed[i]]
  if not left then
    redis.call('HDEL', KEYS[2], claimed[i])
  elseif left < tonumber(claimed[i + 1]) then
    redis.call('HSET', KEYS[2], claimed[i], left)
  end
end
return 1
