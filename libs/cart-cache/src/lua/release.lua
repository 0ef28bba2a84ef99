-- Drops a claim that came to nothing; the cart is as it was.
-- KEYS[1] claim  [2] claimed amounts
-- ARGV[2] checkout id  [3] attempt id
-- reply   1 | -6 the claim is another's
local id, attempt = unpack(redis.call('HMGET', KEYS[1], 'checkoutId', 'attemptId'))
if id ~= ARGV[2] or attempt ~= ARGV[3] then return -6 end
redis.call('DEL', KEYS[1], KEYS[2])
return 1
