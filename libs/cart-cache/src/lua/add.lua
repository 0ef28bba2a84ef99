-- Adds to a line, or appends one; with an operation id, once for that id.
-- KEYS[1] cart  [2] claim  where there is an operation id: [3] operations
-- ARGV[2] item id  [3] quantity  [4] most lines  [5] most of one item  [6] ttl in ms  [7] cartVersion, should this be the first line
--     [8] 'cart' | 'quantity': what to reply  where there is one: [9] operation id  [10] its life in ms  [11] most live operations
-- reply   the whole cart as one text, or the line's quantity | TOO_MANY_LINES | TOO_MANY_OF_ITEM | IDEMPOTENCY_KEY_REUSED
--         | TOO_MANY_IDEMPOTENCY_KEYS
local operation, lifeMs = ARGV[9], tonumber(ARGV[10])
local held, place = readLine(KEYS[1], ARGV[2])

local function reply(quantity)
  if ARGV[8] == 'quantity' then return quantity end
  return wholeCart(KEYS[1])
end

if operation then
  local known = redis.call('HGET', KEYS[3], operation)
  if known then
    local at, use = parseKept(known)
    if at > nowMs - lifeMs then
      if use ~= ARGV[2] .. ' ' .. ARGV[3] then return IDEMPOTENCY_KEY_REUSED end
      redis.call('PEXPIRE', KEYS[1], ARGV[6], 'GT')
      return reply(held or 0)
    end
  elseif redis.call('HLEN', KEYS[3]) > tonumber(ARGV[11]) then
    -- Full: drop ids whose life is over, but do not look again before the oldest of those that are left can be dropped.
    -- A clock that was set back makes nothing live longer than one life from now.
    local lookAt = tonumber(redis.call('HGET', KEYS[3], '#look') or 0)
    if lookAt > nowMs and lookAt - nowMs <= lifeMs then return TOO_MANY_IDEMPOTENCY_KEYS end
    local oldest, dropped = nowMs, 0
    local all = redis.call('HGETALL', KEYS[3])
    for i = 1, #all, 2 do
      local at, use = parseKept(all[i + 1])
      if at and at <= nowMs - lifeMs then
        redis.call('HDEL', KEYS[3], all[i])
        dropped = dropped + 1
      elseif at then
        if at > nowMs then redis.call('HSET', KEYS[3], all[i], string.format('%d %s', nowMs, use)) end
        oldest = math.min(oldest, at)
      end
    end
    redis.call('HSET', KEYS[3], '#look', string.format('%d', oldest + lifeMs))
    if dropped == 0 then return TOO_MANY_IDEMPOTENCY_KEYS end
  end
end

local quantity = (held or 0) + ARGV[3]
if quantity > tonumber(ARGV[5]) then return TOO_MANY_OF_ITEM end
if not held and countLines(KEYS[1]) >= tonumber(ARGV[4]) then return TOO_MANY_LINES end
openCart(KEYS[1], KEYS[2], ARGV[7], ARGV[6])
writeLine(KEYS[1], ARGV[2], quantity, place)
if operation then
  keepOperation(KEYS[3], operation, string.format('%d %s %s', nowMs, ARGV[2], ARGV[3]), lifeMs)
end
return reply(quantity)
