-- The whole cart. Reading keeps it alive, never shortens its life.
-- KEYS[1] cart
-- ARGV[1] ttl in ms
-- reply   the whole cart as one text, fields and values by lines, which is read several times as fast as a list; '' when there is none
redis.call('PEXPIRE', KEYS[1], ARGV[1], 'GT')
return wholeCart(KEYS[1])
