-- The whole cart. Reading keeps it alive, never shortens its life.
-- KEYS[1] cart
-- ARGV[1] ttl in ms
-- reply   flat list: field, value, ...; empty when there is no cart
redis.call('PEXPIRE', KEYS[1], ARGV[1], 'GT')
return redis.call('HGETALL', KEYS[1])
