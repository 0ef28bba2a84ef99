-- Deletes all that is kept of a cart, unless a checkout of it is open.
-- KEYS[1] lock  [2] cart  [3] locked quantities  [4] idempotency keys  [5] outgoing lines  [6] incoming transfers
-- ARGV[2] how long to wait at least, in ms, before asking again
-- reply   { 1 } | { CHECKOUT_IN_PROGRESS, ms }
local leaseUntil = redis.call('HGET', KEYS[1], 'leaseUntil')
if leaseUntil then return { CHECKOUT_IN_PROGRESS, math.max(leaseUntil - nowMs, ARGV[2]) } end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6])
return { 1 }
