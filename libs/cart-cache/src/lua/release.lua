-- Drops a claim that came to nothing; the cart is as it was.
-- KEYS[1] claim  [2] claimed amounts
-- ARGV[2] checkout id  [3] attempt id
-- reply   1 | CLAIM_LOST
if not ownsClaim(KEYS[1], ARGV[2], ARGV[3]) then return CLAIM_LOST end
redis.call('DEL', KEYS[1], KEYS[2])
return 1
