-- Reads a session.
-- KEYS[1] session
-- ARGV[]  none
-- reply   { what is fixed as JSON, guest to hand over or nil } | { nil, nil } no such session
return redis.call('HMGET', KEYS[1], 'fixed', 'guest')
