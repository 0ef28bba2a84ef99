-- Stands before every changing script. A command whose caller has stopped waiting is still carried out by a Redis that was
-- merely paused; past ARGV[1] (ms of Redis's own clock) it must change nothing.
local clock = redis.call('TIME')
local nowMs = clock[1] * 1000 + math.floor(clock[2] / 1000)
if nowMs > tonumber(ARGV[1]) then return redis.error_reply('LATE past the not-after time') end
