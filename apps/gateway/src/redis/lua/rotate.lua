-- Replaces a refresh token by its successor. The token before the current one gives the same current one again for a moment
-- (a lost answer, two tabs); any other has been used up, and ends the session (RFC 9700, section 4.14.2).
-- KEYS[1] session
-- ARGV[2] hash of the token  [3] hash of its successor  [4] that moment in ms  [5] life in ms
-- reply   hash of the current token | -1 no such session | -2 used up, the session was ended
local state = redis.call('HMGET', KEYS[1], 'hash', 'previous', 'rotatedAt')
local current, previous, rotatedAt = state[1], state[2], state[3]
if not current then return -1 end
if current == ARGV[2] then
  redis.call('HSET', KEYS[1], 'hash', ARGV[3], 'previous', current, 'rotatedAt', nowMs)
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
  return ARGV[3]
end
if previous == ARGV[2] and nowMs - rotatedAt <= tonumber(ARGV[4]) then return current end
redis.call('DEL', KEYS[1])
return -2
