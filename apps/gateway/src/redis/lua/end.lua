-- Ends a session.
-- KEYS[1] session
-- ARGV[]  none
-- reply   1 | 0 there was none
return redis.call('DEL', KEYS[1])
