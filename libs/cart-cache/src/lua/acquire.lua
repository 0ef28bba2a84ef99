-- Acquires the checkout lock of a cart, with a snapshot of its lines.
-- KEYS[1] cart  [2] lock  [3] locked quantities
-- ARGV[2] new checkout id  [3] attempt id  [4] lease in ms  [5] least life of an open checkout in ms
--     [6] what the caller's durable record says: 'unknown' | 'none' | 'open'
--     where open: [7] its checkout id  [8] its cart version  [9 ...] line id, quantity, data, ...
-- reply   { 1 when resumed else 0, checkout id, cart version, line id, quantity, data, ... } | { EMPTY_CART } | { CHECKOUT_IN_PROGRESS, ms }
local id, attempt, leaseUntil, version, snapshot, resumed =
  unpack(redis.call('HMGET', KEYS[2], 'checkoutId', 'attemptId', 'leaseUntil', 'cartVersion', 'snapshot', 'resumed'))
-- An attempt that asks again never got the reply: the lock is its own.
local mine = attempt == ARGV[3]
if id and not mine then
  local leftMs, leaseMs = leaseUntil - nowMs, tonumber(ARGV[4])
  -- The clock was set back: the lock ends one lease after the first look at it, and no later look puts that off.
  if leftMs > leaseMs then
    leftMs = leaseMs
    redis.call('HSET', KEYS[2], 'leaseUntil', string.format('%d', nowMs + leaseMs))
  end
  if leftMs > 0 then return { CHECKOUT_IN_PROGRESS, leftMs } end
end

local record = ARGV[6]
local resumes = id and (mine or record == 'unknown' or (record == 'open' and id == ARGV[7]))
local lines
if resumes then
  lines = cjson.decode(snapshot)
else
  redis.call('DEL', KEYS[2], KEYS[3])
  if record == 'open' then
    -- Redis lost the lock: the record wins, and locks what this version of the cart still holds of it.
    id, version, lines = ARGV[7], ARGV[8], {}
    for i = 9, #ARGV do lines[#lines + 1] = ARGV[i] end
  else
    id, version, lines = ARGV[2], readVersion(KEYS[1]), flatten(readLines(KEYS[1]))
    if #lines == 0 then return { EMPTY_CART } end
  end
  if version == readVersion(KEYS[1]) then
    for i = 1, #lines, 3 do redis.call('HSET', KEYS[3], lines[i], lines[i + 1]) end
    if record == 'open' then clampLocked(KEYS[1], KEYS[3]) end
  end
  redis.call('HSET', KEYS[2], 'checkoutId', id, 'cartVersion', version, 'snapshot', cjson.encode(lines))
end
if not mine then resumed = (resumes or record == 'open') and 1 or 0 end
redis.call('HSET', KEYS[2], 'attemptId', ARGV[3], 'leaseUntil', string.format('%d', nowMs + ARGV[4]), 'resumed', resumed)
redis.call('PEXPIRE', KEYS[2], ARGV[5])
redis.call('PEXPIRE', KEYS[3], ARGV[5])
redis.call('PEXPIRE', KEYS[1], ARGV[5], 'GT')
local reply = { tonumber(resumed), id, version }
for _, value in ipairs(lines) do reply[#reply + 1] = value end
return reply
