-- Moves the end of a lease: on, while the owner of the claim works; to now, when it lets go of a claim that stays open.
-- KEYS[1] claim
-- ARGV[2] checkout id  [3] attempt id  [4] lease in ms
-- reply   1 | CLAIM_LOST
if not ownsClaim(KEYS[1], ARGV[2], ARGV[3]) then return CLAIM_LOST end
redis.call('HSET', KEYS[1], 'leaseUntil', string.format('%d', nowMs + ARGV[4]))
return 1
