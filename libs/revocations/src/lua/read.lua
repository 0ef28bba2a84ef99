-- Tells which seed the feed is of, and a page of what was revoked after a score.
-- The epoch is the seed, and fits only on the server on which the feed was seeded, in the run in which it was: after a restart
-- or on a replica that took over something may be missing.
-- KEYS[1] feed
-- ARGV[1] epoch that the reader knows or ''  [2] score up to which it has read in that epoch  [3] most revocations
-- reply   { epoch or '' while the feed is not seeded, { revocation, score, ... } from the start where the epoch is another }
local runId = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local mark = redis.call('ZRANGE', KEYS[1], -1, -1, 'BYSCORE')[1] or ''
local seededOn, epoch = string.match(mark, '^seeded (%x+) (.+)$')
if seededOn ~= runId then epoch = '' end
local after = ARGV[1] == epoch and ARGV[2] or '0'
return { epoch, redis.call('ZRANGE', KEYS[1], '(' .. after, '+inf', 'BYSCORE', 'LIMIT', 0, ARGV[3], 'WITHSCORES') }
