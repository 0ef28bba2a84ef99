-- Merges lines into a cart, once for a merge id; quantities and lines are cut at the limits.
-- KEYS[1] cart  [2] claimed amounts  [3] merges that were applied  [4] claim
-- ARGV[2] merge id  [3] how long to remember it in ms  [4] 'sum' | 'max' | 'replace'  [5] most lines  [6] most of one item
--     [7] ttl in ms  [8] incarnation, should there be no cart yet  [9 ...] item id, quantity, ...
-- reply   { 1 when applied now else 0, { item id, quantity wanted, quantity got, ... } what was cut, the whole cart as one text }
if redis.call('ZSCORE', KEYS[3], ARGV[2]) then return { 0, {}, table.concat(redis.call('HGETALL', KEYS[1]), ' ') } end
local rule, mostLines, mostOfItem = ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])

if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('HSET', KEYS[1], '#next', 0, '#born', ARGV[8], '#settled', '')
  -- A new cart lives at least as long as an open checkout of the one before it.
  redis.call('PEXPIRE', KEYS[1], math.max(redis.call('PTTL', KEYS[4]), ARGV[7]))
end
if rule == 'replace' then
  for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
    if string.sub(field, 1, 1) ~= '#' then redis.call('HDEL', KEYS[1], field) end
  end
end
local cut = {}
for i = 9, #ARGV, 2 do
  local id, brought = ARGV[i], tonumber(ARGV[i + 1])
  local held = redis.call('HGET', KEYS[1], id)
  local before, place = 0, nil
  if held then before, place = string.match(held, '(%d+):(%d+)') end
  before = tonumber(before)
  local wanted = rule == 'max' and math.max(before, brought) or before + brought
  -- A line that is over a limit already (the limit was lowered) is left as it is, never made smaller.
  local got = math.max(before, math.min(wanted, mostOfItem))
  if not held and redis.call('HLEN', KEYS[1]) - 3 >= mostLines then got = 0 end
  if got > 0 then
    place = place or redis.call('HINCRBY', KEYS[1], '#next', 1)
    redis.call('HSET', KEYS[1], id, string.format('%d:%s', got, place))
  end
  if got < wanted then
    cut[#cut + 1] = id
    cut[#cut + 1] = string.format('%d', wanted)
    cut[#cut + 1] = string.format('%d', got)
  end
end
if rule == 'replace' then
  local claimed = redis.call('HGETALL', KEYS[2])
  for i = 1, #claimed, 2 do
    local held = redis.call('HGET', KEYS[1], claimed[i])
    local left = held and tonumber(string.match(held, '%d+'))
    if not left then
      redis.call('HDEL', KEYS[2], claimed[i])
    elseif left < tonumber(claimed[i + 1]) then
      redis.call('HSET', KEYS[2], claimed[i], left)
    end
  end
end
redis.call('PEXPIRE', KEYS[1], ARGV[7], 'GT')
redis.call('ZADD', KEYS[3], nowMs, ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', nowMs - ARGV[3])
redis.call('ZREMRANGEBYRANK', KEYS[3], 0, -1001)
redis.call('PEXPIRE', KEYS[3], ARGV[3])
return { 1, cut, table.concat(redis.call('HGETALL', KEYS[1]), ' ') }
