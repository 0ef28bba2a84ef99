-- Stands before every changing script. A command whose caller has stopped waiting is still carried out by a Redis that was
-- merely paused; past ARGV[1] (ms of Redis's own clock) it must change nothing.
local clock = redis.call('TIME')
local nowMs = clock[1] * 1000 + math.floor(clock[2] / 1000)
if nowMs > tonumber(ARGV[1]) then return redis.error_reply('LATE past the not-after time') end
-- No deadline is as far off as that: the clock was set back after the caller had read it, and the time above would guard nothing.
if ARGV[1] - nowMs > 60000 then return redis.error_reply('LATE the clock was set back') end
