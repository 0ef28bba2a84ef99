-- Adds to a line, or appends one; with an idempotency key, once for that key.
-- KEYS[1] cart  [2] lock  where there is an idempotency key: [3] idempotency keys
-- ARGV[2] line id  [3] quantity  [4] data, '' keeps it, 'null' removes it  [5] max lines  [6] max quantity of a line  [7] ttl in ms
--     [8] cart version, should this be the first line  [9] version that the cart must have, '' for any  [10] 'cart' | 'quantity': what to reply
--     where there is an idempotency key: [11] the key  [12] its life in ms  [13] max keys
-- reply   the whole cart as one text, or the line's quantity | TOO_MANY_LINES | TOO_MANY_OF_ITEM | IDEMPOTENCY_KEY_REUSED
--         | TOO_MANY_IDEMPOTENCY_KEYS | CART_VERSION_CONFLICT
local key, lifeMs = ARGV[11], tonumber(ARGV[12])
local line, changes = unpack(redis.call('HMGET', KEYS[1], ARGV[2], ''))
local held, place, data = parseLine(line)
local use = key and ARGV[2] .. ' ' .. ARGV[3] .. (ARGV[4] == '' and '' or ' ' .. redis.sha1hex(ARGV[4]))

local function reply(quantity)
  if ARGV[10] == 'quantity' then return quantity end
  return wholeCart(KEYS[1])
end

if key then
  local known = redis.call('HGET', KEYS[3], key)
  if known then
    local at, knownUse = parseRemembered(known)
    if at > nowMs - lifeMs then
      if knownUse ~= use then return IDEMPOTENCY_KEY_REUSED end
      redis.call('PEXPIRE', KEYS[1], ARGV[7], 'GT')
      return reply(held or 0)
    end
  elseif redis.call('HLEN', KEYS[3]) > tonumber(ARGV[13]) then
    -- Full: drop expired keys, but do not look again before the oldest of the remaining keys expires.
    -- After the clock was set back, no key lives longer than one life from now.
    local lookAt = tonumber(redis.call('HGET', KEYS[3], '#look') or 0)
    if lookAt > nowMs and lookAt - nowMs <= lifeMs then return TOO_MANY_IDEMPOTENCY_KEYS end
    local oldest, dropped = nowMs, 0
    local all = redis.call('HGETALL', KEYS[3])
    for i = 1, #all, 2 do
      local at, anyUse = parseRemembered(all[i + 1])
      if at and at <= nowMs - lifeMs then
        redis.call('HDEL', KEYS[3], all[i])
        dropped = dropped + 1
      elseif at then
        if at > nowMs then redis.call('HSET', KEYS[3], all[i], string.format('%d %s', nowMs, anyUse)) end
        oldest = math.min(oldest, at)
      end
    end
    redis.call('HSET', KEYS[3], '#look', string.format('%d', oldest + lifeMs))
    if dropped == 0 then return TOO_MANY_IDEMPOTENCY_KEYS end
  end
end

if isConflict(KEYS[1], ARGV[9]) then return CART_VERSION_CONFLICT end
local quantity = (held or 0) + ARGV[3]
if quantity > tonumber(ARGV[6]) then return TOO_MANY_OF_ITEM end
if not held and countLines(KEYS[1]) >= tonumber(ARGV[5]) then return TOO_MANY_LINES end
openCart(KEYS[1], KEYS[2], ARGV[8], ARGV[7])
local change = string.format('%d', (changes or 0) + 1)
redis.call('HSET', KEYS[1], '', change, ARGV[2], formatLine(quantity, place or change, chooseData(ARGV[4], data or '')))
if key then rememberKey(KEYS[3], key, string.format('%d %s', nowMs, use), lifeMs) end
return reply(quantity)
