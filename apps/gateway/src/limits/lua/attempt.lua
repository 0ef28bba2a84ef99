-- Counts an attempt to sign in as failed before anybody knows, so that many at once can't all pass; refuses it while the delay of
-- the last one lasts.
-- KEYS[1] failures
-- ARGV[2] free failures  [3] first delay in ms  [4] longest delay in ms  [5] life without a failure in ms
-- reply   0 counted | ms to wait, nothing was counted
local state = redis.call('HMGET', KEYS[1], 'failures', 'until')
local failures, waitUntil = tonumber(state[1] or 0), tonumber(state[2] or 0)
if nowMs < waitUntil then return waitUntil - nowMs end
failures = failures + 1
local over = failures - tonumber(ARGV[2])
local delay = 0
if over >= 0 then delay = math.min(tonumber(ARGV[4]), tonumber(ARGV[3]) * 2 ^ math.min(over, 40)) end
-- When all would have been forgotten without this attempt, for the case that it turns out to be no failure.
local endsBefore = nowMs + math.max(0, redis.call('PTTL', KEYS[1]))
redis.call('HSET', KEYS[1], 'failures', failures, 'until', string.format('%.0f', nowMs + delay),
  'endsBefore', string.format('%.0f', endsBefore))
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 0
