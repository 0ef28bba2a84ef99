-- Forgets what was set apart for a merge, now that it was applied.
-- KEYS[1] lines set apart
-- ARGV[2] merge id
-- reply   1 | 0 it is another merge's, or gone
if redis.call('HGET', KEYS[1], '#id') ~= ARGV[2] then return 0 end
return redis.call('DEL', KEYS[1])
