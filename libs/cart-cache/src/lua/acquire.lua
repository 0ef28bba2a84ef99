-- Claims a snapshot of the cart for a checkout. It copies the lines and moves none. The cartVersion is the cart's version.
-- KEYS[1] cart  [2] claim  [3] claimed amounts
-- ARGV[2] new checkout id  [3] attempt id  [4] lease in ms  [5] least life of an open checkout in ms
--     [6] what the caller's durable record says: 'unknown' | 'none' | 'open'
--     where open: [7] its checkout id  [8] its cartVersion  [9 ...] item id, quantity, ...
-- reply   { 1 when resumed else 0, checkout id, cartVersion, item id, quantity, ... } | { EMPTY_CART } | { CHECKOUT_IN_PROGRESS, ms }
local id, attempt, leaseUntil, version, snapshot, resumed =
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
  if leftMs > 0 then return { CHECKOUT_IN_PROGRESS, leftMs } end
end

local record = ARGV[6]
local resumes = id and (mine or record == 'unknown' or (record == 'open' and id == ARGV[7]))
local items
if resumes then
  items = cjson.decode(snapshot)
else
  redis.call('DEL', KEYS[2], KEYS[3])
  if record == 'open' then
    -- Redis lost the claim: the record wins, and claims what this version of the cart still holds of it.
    id, version, items = ARGV[7], ARGV[8], {}
    for i = 9, #ARGV do items[#items + 1] = ARGV[i] end
  else
    id, version, items = ARGV[2], readVersion(KEYS[1]), toPairs(readLines(KEYS[1]))
    if #items == 0 then return { EMPTY_CART } end
  end
  if version == readVersion(KEYS[1]) then
    for i = 1, #items, 2 do redis.call('HSET', KEYS[3], items[i], items[i + 1]) end
    if record == 'open' then clampClaimed(KEYS[1], KEYS[3]) end
  end
  redis.call('HSET', KEYS[2], 'checkoutId', id, 'born', version, 'snapshot', cjson.encode(items))
end
if not mine then resumed = (resumes or record == 'open') and 1 or 0 end
redis.call('HSET', KEYS[2], 'attemptId', ARGV[3], 'leaseUntil', string.format('%d', nowMs + ARGV[4]), 'resumed', resumed)
redis.call('PEXPIRE', KEYS[2], ARGV[5])
redis.call('PEXPIRE', KEYS[3], ARGV[5])
redis.call('PEXPIRE', KEYS[1], ARGV[5], 'GT')
local reply = { tonumber(resumed), id, version }
for _, value in ipairs(items) do reply[#reply + 1] = value end
return reply
