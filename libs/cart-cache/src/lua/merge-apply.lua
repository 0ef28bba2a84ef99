-- Merges lines into a cart, once for a merge id; quantities and lines are clamped at the limits. What was clamped is kept with the
-- merge id, so that a repeat tells it again. An operation id that this cart knows already stands for what it stood for.
-- KEYS[1] cart  [2] claimed amounts  [3] merges that were applied  [4] claim  [5] operations
-- ARGV[2] merge id  [3] how long to remember it in ms  [4] 'sum' | 'max' | 'replace'  [5] most lines  [6] most of one item
--     [7] ttl in ms  [8] incarnation, should there be no cart yet  [9] life of an operation id in ms  [10] n: number of lines
--     [11 ... 10 + 2n] item id, quantity, ...  [11 + 2n ...] operation id, what it stands for, ...
-- reply   { { item id, quantity requested, quantity now, ... } what was clamped, the whole cart as one text }
local rule, mostLines, mostOfItem = ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
local lastLine = 10 + 2 * ARGV[10]

for i = lastLine + 1, #ARGV, 2 do
  local known = redis.call('HGET', KEYS[5], ARGV[i])
  if not known or tonumber(string.match(known, '^%d+')) <= nowMs - ARGV[9] then
    redis.call('HSET', KEYS[5], ARGV[i], ARGV[i + 1])
    redis.call('HSETNX', KEYS[5], '#look', 0)
  end
end
if #ARGV > lastLine then redis.call('PEXPIRE', KEYS[5], ARGV[9]) end
if lastLine == 10 then return { {}, table.concat(redis.call('HGETALL', KEYS[1]), ' ') } end

local applied = redis.call('HGET', KEYS[3], ARGV[2])
if applied then
  return { cjson.decode(string.match(applied, '^%d+ (.*)$')), table.concat(redis.call('HGETALL', KEYS[1]), ' ') }
end
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
local clamped = {}
for i = 11, lastLine, 2 do
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
    clamped[#clamped + 1] = id
    clamped[#clamped + 1] = string.format('%d', wanted)
    clamped[#clamped + 1] = string.format('%d', got)
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
redis.call('HSET', KEYS[3], ARGV[2], string.format('%d ', nowMs) .. cjson.encode(clamped))
if redis.call('HLEN', KEYS[3]) > 1000 then
  -- The older half goes, so that this is rare.
  local all, times = redis.call('HGETALL', KEYS[3]), {}
  for i = 2, #all, 2 do times[#times + 1] = tonumber(string.match(all[i], '^%d+')) end
  table.sort(times)
  for i = 1, #all, 2 do
    if tonumber(string.match(all[i + 1], '^%d+')) < times[500] then redis.call('HDEL', KEYS[3], all[i]) end
  end
end
redis.call('PEXPIRE', KEYS[3], ARGV[3])
return { clamped, table.concat(redis.call('HGETALL', KEYS[1]), ' ') }
