-- Moves the end of a lease: on, while the owner of the claim works; to now, when it lets go of a claim that stays open.
-- KEYS[1] claim
-- ARGV[2] checkout id  [3] attempt id  [4] lease in ms
-- reply   1 | -6 the claim is another's
local id, attempt = unpack(redis.call('HMGET', KEYS[1], 'checkoutId', 'attemptId'))
if id ~= ARGV[2] or attempt ~= ARGV[3] then return -6 end
redis.call('HSET', KEYS[1], 'leaseUntil', string.format('%d', nowMs + ARGV[4]))
return 1
