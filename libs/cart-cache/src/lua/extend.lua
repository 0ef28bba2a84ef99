-- Moves the end of a lease: on, while the owner of the lock works; to now, when the owner leaves a checkout that stays open.
-- KEYS[1] lock
-- ARGV[2] checkout id  [3] attempt id  [4] lease in ms
-- reply   1 | LOCK_LOST
if not ownsLock(KEYS[1], ARGV[2], ARGV[3]) then return LOCK_LOST end
redis.call('HSET', KEYS[1], 'leaseUntil', string.format('%d', nowMs + ARGV[4]))
return 1
