-- Takes an attempt back, or all of them. The failures that stay are forgotten when they would have been without it.
-- KEYS[1] failures
-- ARGV[2] 'all' | 'one'
-- reply   1
local state = redis.call('HMGET', KEYS[1], 'failures', 'endsBefore')
local failures, endsBefore = tonumber(state[1] or 0) - 1, tonumber(state[2] or 0)
if ARGV[2] == 'all' or failures < 1 then
  redis.call('DEL', KEYS[1])
else
  redis.call('HSET', KEYS[1], 'failures', failures, 'until', 0)
  if endsBefore > nowMs then redis.call('PEXPIRE', KEYS[1], string.format('%.0f', endsBefore - nowMs)) end
end
return 1
