-- Adds to a line, or appends one.
-- KEYS[1] cart
-- ARGV[2] item id  [3] quantity  [4] most lines  [5] most of one item  [6] ttl in ms  [7] incarnation, should this be the first line
-- reply   the whole cart as a flat list | -1 too many lines | -2 too many of the item
local held = redis.call('HGET', KEYS[1], ARGV[2])
local quantity = tonumber(ARGV[3])
if held then
  local before, place = string.match(held, '(%d+):(%d+)')
  quantity = before + quantity
  if quantity > tonumber(ARGV[5]) then return -2 end
  redis.call('HSET', KEYS[1], ARGV[2], string.format('%d:%s', quantity, place))
  redis.call('PEXPIRE', KEYS[1], ARGV[6], 'GT')
else
  local fields = redis.call('HLEN', KEYS[1])
  if quantity > tonumber(ARGV[5]) then return -2 end
  if fields - 3 >= tonumber(ARGV[4]) then return -1 end
  if fields == 0 then redis.call('HSET', KEYS[1], '#next', 0, '#born', ARGV[7], '#settled', '') end
  local place = redis.call('HINCRBY', KEYS[1], '#next', 1)
  redis.call('HSET', KEYS[1], ARGV[2], string.format('%d:%d', quantity, place))
  if fields == 0 then
    redis.call('PEXPIRE', KEYS[1], ARGV[6])
  else
    redis.call('PEXPIRE', KEYS[1], ARGV[6], 'GT')
  end
end
return redis.call('HGETALL', KEYS[1])
