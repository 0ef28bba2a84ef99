-- Adds transferred lines to a cart, once for a transfer id; quantities and lines are clamped at the limits. What was clamped is kept with
-- the transfer id, so that a repeat replies it again. What the cart has already stays: data, and the use of an idempotency key.
-- KEYS[1] cart  [2] locked quantities  [3] incoming transfers that were applied  [4] lock  [5] idempotency keys
-- ARGV[2] transfer id  [3] how long to remember it in ms  [4] 'sum' | 'max' | 'replace' | 'move'  [5] max lines  [6] max quantity of a line
--     [7] ttl in ms  [8] cart version, should there be no cart yet  [9] life of an idempotency key in ms  [10] cart data, '' for none
--     [11] n: number of lines  [12 ... 11 + 3n] line id, quantity, data, ...  [12 + 3n ...] idempotency key, its use, ...
-- reply   { { line id, quantity requested, quantity now, ... } what was clamped, the whole cart as one text }
local rule, maxLines, maxQuantity = ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
local lastLine = 11 + 3 * ARGV[11]

for i = lastLine + 1, #ARGV, 2 do
  local known = redis.call('HGET', KEYS[5], ARGV[i])
  if not known or parseRemembered(known) <= nowMs - ARGV[9] then rememberKey(KEYS[5], ARGV[i], ARGV[i + 1], ARGV[9]) end
end
if lastLine == 11 and ARGV[10] == '' then return { {}, wholeCart(KEYS[1]) } end

local applied = redis.call('HGET', KEYS[3], ARGV[2])
if applied then
  local _, clamped = parseRemembered(applied)
  return { cjson.decode(clamped), wholeCart(KEYS[1]) }
end
if rule == 'replace' then removeLines(KEYS[1]) end
openCart(KEYS[1], KEYS[4], ARGV[8], ARGV[7])
local clamped = {}
for i = 12, lastLine, 3 do
  local id, brought = ARGV[i], tonumber(ARGV[i + 1])
  local held, place, data = readLine(KEYS[1], id)
  local before = held or 0
  local wanted = rule == 'max' and math.max(before, brought) or before + brought
  -- A line above a limit that was lowered stays unchanged.
  local got = math.max(before, math.min(wanted, maxQuantity))
  if not held and countLines(KEYS[1]) >= maxLines then got = 0 end
  local change = countChanges(KEYS[1], 1)
  if got > 0 then writeLine(KEYS[1], id, got, place or change, (data or '') == '' and ARGV[i + 2] or data) end
  if got < wanted then
    clamped[#clamped + 1] = id
    clamped[#clamped + 1] = string.format('%d', wanted)
    clamped[#clamped + 1] = string.format('%d', got)
  end
end
local version, cartData = readVersion(KEYS[1])
if ARGV[10] ~= '' and (cartData == '' or rule == 'replace') then
  writeVersion(KEYS[1], version, ARGV[10])
  countChanges(KEYS[1], 1)
end
clampLocked(KEYS[1], KEYS[2])
redis.call('HSET', KEYS[3], ARGV[2], string.format('%d ', nowMs) .. cjson.encode(clamped))
if redis.call('HLEN', KEYS[3]) > 1000 then
  -- The older half goes, so that this is rare.
  local all, times = redis.call('HGETALL', KEYS[3]), {}
  for i = 2, #all, 2 do times[#times + 1] = parseRemembered(all[i]) end
  table.sort(times)
  for i = 1, #all, 2 do
    if parseRemembered(all[i + 1]) < times[500] then redis.call('HDEL', KEYS[3], all[i]) end
  end
end
redis.call('PEXPIRE', KEYS[3], ARGV[3])
return { clamped, wholeCart(KEYS[1]) }
