-- Forgets the guest of a session, if it is still that one.
-- KEYS[1] session
-- ARGV[2] guest
-- reply   1 | 0 it was another one
if redis.call('HGET', KEYS[1], 'guest') ~= ARGV[2] then return 0 end
return redis.call('HDEL', KEYS[1], 'guest')
