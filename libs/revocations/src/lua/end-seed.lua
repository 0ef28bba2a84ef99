-- Declares the feed to be whole, unless something of it was lost since the seed began.
-- KEYS[1] feed
-- ARGV[2] seed id
-- reply   1 the feed is whole, by this seed or an earlier one | 0 it has to be seeded again
local runId = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local begun = redis.call('ZREM', KEYS[1], 'seeding ' .. runId .. ' ' .. ARGV[2])
local mark = redis.call('ZRANGE', KEYS[1], -1, -1, 'BYSCORE')[1] or ''
if string.match(mark, '^seeded (%x+) ') == runId then return 1 end
if begun == 0 then return 0 end
redis.call('ZREMRANGEBYSCORE', KEYS[1], -1, -1)
redis.call('ZADD', KEYS[1], -1, 'seeded ' .. runId .. ' ' .. ARGV[2])
return 1
