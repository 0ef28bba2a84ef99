-- Begins a session.
-- KEYS[1] session
-- ARGV[2] what is fixed, as JSON  [3] hash of its refresh token  [4] guest to hand over, or ''  [5] life in ms
-- reply   1
redis.call('HSET', KEYS[1], 'fixed', ARGV[2], 'hash', ARGV[3])
if ARGV[4] ~= '' then redis.call('HSET', KEYS[1], 'guest', ARGV[4]) end
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 1
