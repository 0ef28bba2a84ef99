-- Precedes every changing script. A Redis that was merely paused still runs a command whose caller has stopped waiting; past
-- ARGV[1] (the deadline, in ms of Redis's own clock) it must change nothing.
local clock = redis.call('TIME')
local nowMs = clock[1] * 1000 + math.floor(clock[2] / 1000)
if nowMs > tonumber(ARGV[1]) then return redis.error_reply('DEADLINE_EXCEEDED the deadline is past') end
-- No deadline is that far off: the clock was set back after the caller had read it, and the check above would guard nothing.
if ARGV[1] - nowMs > 60000 then return redis.error_reply('DEADLINE_EXCEEDED the clock was set back') end
