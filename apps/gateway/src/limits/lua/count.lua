-- Adds to counters that end with their window.
-- KEYS[n] counter
-- ARGV[2] life in ms  [n + 2] how many are added to KEYS[n]
-- reply   { count, ... } in the order of KEYS
local counts = {}
for i, key in ipairs(KEYS) do
  counts[i] = redis.call('INCRBY', key, ARGV[i + 2])
  redis.call('PEXPIRE', key, ARGV[2])
end
return counts
