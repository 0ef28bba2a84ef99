-- Drops the lock of a checkout that was rejected; the cart is as it was.
-- KEYS[1] lock  [2] locked quantities
-- ARGV[2] checkout id  [3] attempt id
-- reply   1 | LOCK_LOST
if not ownsLock(KEYS[1], ARGV[2], ARGV[3]) then return LOCK_LOST end
redis.call('DEL', KEYS[1], KEYS[2])
return 1
