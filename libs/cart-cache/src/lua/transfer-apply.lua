-- Merges lines into a cart, once for a merge id; quantities and lines are clamped at the limits. What was clamped is kept with the
-- merge id, so that a repeat tells it again. An operation id that this cart knows already stands for what it stood for.
-- KEYS[1] cart  [2] claimed amounts  [3] merges that were applied  [4] claim  [5] operations
-- ARGV[2] merge id  [3] how long to remember it in ms  [4] 'sum' | 'max' | 'replace'  [5] most lines  [6] most of one item
--     [7] ttl in ms  [8] cartVersion, should there be no cart yet  [9] life of an operation id in ms  [10] n: number of lines
--     [11 ... 10 + 2n] item id, quantity, ...  [11 + 2n ...] operation id, what it stands for, ...
-- reply   { { item id, quantity requested, quantity now, ... } what was clamped, the whole cart as one text }
local rule, maxLines, maxQuantity = ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
local lastLine = 10 + 2 * ARGV[10]

for i = lastLine + 1, #ARGV, 2 do
  local known = redis.call('HGET', KEYS[5], ARGV[i])
  if not known or parseKept(known) <= nowMs - ARGV[9] then keepOperation(KEYS[5], ARGV[i], ARGV[i + 1], ARGV[9]) end
end
if lastLine == 10 then return { {}, wholeCart(KEYS[1]) } end

local applied = redis.call('HGET', KEYS[3], ARGV[2])
if applied then
  local _, clamped = parseKept(applied)
  return { cjson.decode(clamped), wholeCart(KEYS[1]) }
end
if rule == 'replace' then removeLines(KEYS[1]) end
openCart(KEYS[1], KEYS[4], ARGV[8], ARGV[7])
local clamped = {}
for i = 11, lastLine, 2 do
  local id, brought = ARGV[i], tonumber(ARGV[i + 1])
  local held, place = readLine(KEYS[1], id)
  local before = held or 0
  local wanted = rule == 'max' and math.max(before, brought) or before + brought
  -- A line that is over a limit already (the limit was lowered) is left as it is, never made smaller.
  local got = math.max(before, math.min(wanted, maxQuantity))
  if not held and countLines(KEYS[1]) >= maxLines then got = 0 end
  if got > 0 then writeLine(KEYS[1], id, got, place) end
  if got < wanted then
    clamped[#clamped + 1] = id
    clamped[#clamped + 1] = string.format('%d', wanted)
    clamped[#clamped + 1] = string.format('%d', got)
  end
end
clampClaimed(KEYS[1], KEYS[2])
redis.call('HSET', KEYS[3], ARGV[2], string.format('%d ', nowMs) .. cjson.encode(clamped))
if redis.call('HLEN', KEYS[3]) > 1000 then
  -- The older half goes, so that this is rare.
  local all, times = redis.call('HGETALL', KEYS[3]), {}
  for i = 2, #all, 2 do times[#times + 1] = parseKept(all[i]) end
  table.sort(times)
  for i = 1, #all, 2 do
    if parseKept(all[i + 1]) < times[500] then redis.call('HDEL', KEYS[3], all[i]) end
  end
end
redis.call('PEXPIRE', KEYS[3], ARGV[3])
return { clamped, wholeCart(KEYS[1]) }
