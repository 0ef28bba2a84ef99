-- Marks that a seed begins here. The mark is lost with whatever is lost of the feed until the seed ends.
-- KEYS[1] feed
-- ARGV[2] seed id  [3] ms after which a seed that never ended is forgotten
-- reply   1
local runId = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
redis.call('ZREMRANGEBYSCORE', KEYS[1], string.format('%.0f', ARGV[3] - nowMs), '(-1')
redis.call('ZADD', KEYS[1], string.format('%.0f', -nowMs), 'seeding ' .. runId .. ' ' .. ARGV[2])
return 1
