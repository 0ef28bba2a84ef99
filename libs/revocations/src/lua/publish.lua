-- Puts revocations at the end of the feed and drops those whose life is over.
-- The feed is one sorted set, so that it is lost as a whole or not at all. Scores above zero belong to revocations: they rise
-- strictly, in microseconds of Redis's clock, so a reader that is at a score has seen all below it. Scores below zero are marks:
-- -1 'seeded <run_id> <seed id>', on which server and by which seed it was filled; -(ms) 'seeding <run_id> <seed id>'.
-- KEYS[1] feed
-- ARGV[2] life of a revocation in ms  [3] 'all' | 'missing': leave those alone that are there  [4 ...] revocations
-- reply   1
local now = clock[1] * 1000000 + clock[2]
local last = tonumber(redis.call('ZRANGE', KEYS[1], 0, 0, 'REV', 'WITHSCORES')[2] or 0)
-- A clock that was set back, or a second revocation within one microsecond.
last = math.max(last, now - 1)
for i = 4, #ARGV do
  if ARGV[3] == 'all' or not redis.call('ZSCORE', KEYS[1], ARGV[i]) then
    last = last + 1
    redis.call('ZADD', KEYS[1], string.format('%.0f', last), ARGV[i])
  end
end
-- The newest one stays, for its score is what the next one must be above.
local newest = tonumber(redis.call('ZRANGE', KEYS[1], 0, 0, 'REV', 'WITHSCORES')[2] or 0)
local over = math.min(now - ARGV[2] * 1000, newest - 1)
if over > 0 then redis.call('ZREMRANGEBYSCORE', KEYS[1], '(0', string.format('%.0f', over)) end
return 1
