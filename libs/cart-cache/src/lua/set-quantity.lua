-- Sets the quantity of a line that is there; 0 takes the line away. An open checkout claims no more than what is left.
-- KEYS[1] cart  [2] claimed amounts
-- ARGV[2] item id  [3] quantity  [4] ttl in ms
-- reply   the whole cart as one text | -3 not in the cart
local held = redis.call('HGET', KEYS[1], ARGV[2])
if not held then return -3 end
local quantity = tonumber(ARGV[3])
local claimed = redis.call('HGET', KEYS[2], ARGV[2])
if quantity == 0 then
  redis.call('HDEL', KEYS[2], ARGV[2])
  redis.call('HDEL', KEYS[1], ARGV[2])
  if redis.call('HLEN', KEYS[1]) == 3 then redis.call('DEL', KEYS[1]) end
else
  if claimed and tonumber(claimed) > quantity then redis.call('HSET', KEYS[2], ARGV[2], quantity) end
  redis.call('HSET', KEYS[1], ARGV[2], string.format('%d:%s', quantity, string.match(held, ':(%d+)')))
end
redis.call('PEXPIRE', KEYS[1], ARGV[4], 'GT')
return table.concat(redis.call('HGETALL', KEYS[1]), ' ')
