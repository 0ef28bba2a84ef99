-- Takes an attempt back, or all of them.
-- KEYS[1] failures
-- ARGV[2] 'all' | 'one'
-- reply   1
if ARGV[2] == 'all' then
  redis.call('DEL', KEYS[1])
elseif tonumber(redis.call('HGET', KEYS[1], 'failures') or 0) > 0 then
  redis.call('HINCRBY', KEYS[1], 'failures', -1)
  redis.call('HSET', KEYS[1], 'until', 0)
end
return 1
