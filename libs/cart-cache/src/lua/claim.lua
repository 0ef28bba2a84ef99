-- Claims a snapshot of the cart for a checkout. It copies the lines and moves none. The incarnation is #born and #settled in one.
-- KEYS[1] cart  [2] claim  [3] claimed amounts
-- ARGV[2] new checkout id  [3] attempt id  [4] lease in ms  [5] least life of an open checkout in ms
--     [6] what the caller's durable record says: 'unknown' | 'none' | 'open'
--     where open: [7] its checkout id  [8] its incarnation  [9 ...] item id, quantity, ...
-- reply   { 1 when resumed else 0, checkout id, incarnation, item id, quantity, ... } | { -4 } empty | { -5, ms } under way
local id, attempt, leaseUntil, born, snapshot, resumed =
  unpack(redis.call('HMGET', KEYS[2], 'checkoutId', 'attemptId', 'leaseUntil', 'born', 'snapshot', 'resumed'))
-- An attempt that asks again never got the answer: its own claim.
local mine = attempt == ARGV[3]
if id and not mine then
  local leftMs, leaseMs = leaseUntil - nowMs, tonumber(ARGV[4])
  -- The clock was set back: the lock ends one lease after the first look at it, and no later look puts that off.
  if leftMs > leaseMs then
    leftMs = leaseMs
    redis.call('HSET', KEYS[2], 'leaseUntil', string.format('%d', nowMs + leaseMs))
  end
  if leftMs > 0 then return { -5, leftMs } end
end

local record = ARGV[6]
local resumes = id and (mine or record == 'unknown' or (record == 'open' and id == ARGV[7]))
local lines
if resumes then
  lines = cjson.decode(snapshot)
else
  redis.call('DEL', KEYS[2], KEYS[3])
  local cart = redis.call('HGETALL', KEYS[1])
  local held, settled = {}, ''
  lines, born = {}, ''
  for i = 1, #cart, 2 do
    local field, value = cart[i], cart[i + 1]
    if field == '#born' then born = value
    elseif field == '#settled' then settled = value
    elseif string.sub(field, 1, 1) ~= '#' then
      local quantity, place = string.match(value, '(%d+):(%d+)')
      held[field] = { quantity = tonumber(quantity), place = tonumber(place) }
      lines[#lines + 1] = field
    end
  end
  born = born .. settled
  if record == 'open' then
    -- Redis lost the claim: the record wins, and claims what this life of the cart still holds of it.
    local same = #cart > 0 and born == ARGV[8]
    id, born, lines = ARGV[7], ARGV[8], {}
    for i = 9, #ARGV, 2 do
      lines[#lines + 1] = ARGV[i]
      lines[#lines + 1] = ARGV[i + 1]
      local line = same and held[ARGV[i]]
      if line then redis.call('HSET', KEYS[3], ARGV[i], math.min(line.quantity, tonumber(ARGV[i + 1]))) end
    end
  else
    if #lines == 0 then return { -4 } end
    table.sort(lines, function(a, b) return held[a].place < held[b].place end)
    local flat = {}
    for _, item in ipairs(lines) do
      local quantity = string.format('%d', held[item].quantity)
      flat[#flat + 1] = item
      flat[#flat + 1] = quantity
      redis.call('HSET', KEYS[3], item, quantity)
    end
    id, lines = ARGV[2], flat
  end
  redis.call('HSET', KEYS[2], 'checkoutId', id, 'born', born, 'snapshot', cjson.encode(lines))
end
if not mine then resumed = (resumes or record == 'open') and 1 or 0 end
redis.call('HSET', KEYS[2], 'attemptId', ARGV[3], 'leaseUntil', string.format('%d', nowMs + ARGV[4]), 'resumed', resumed)
redis.call('PEXPIRE', KEYS[2], ARGV[5])
redis.call('PEXPIRE', KEYS[3], ARGV[5])
redis.call('PEXPIRE', KEYS[1], ARGV[5], 'GT')
local reply = { tonumber(resumed), id, born }
for _, value in ipairs(lines) do reply[#reply + 1] = value end
return reply
