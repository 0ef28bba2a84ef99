-- Adds to a line, or appends one; with an operation id, once for that id.
-- KEYS[1] cart  [2] claim  where there is an operation id: [3] operations
-- ARGV[2] item id  [3] quantity  [4] most lines  [5] most of one item  [6] ttl in ms  [7] incarnation, should this be the first line
--     [8] 'cart' | 'quantity': what to reply  where there is one: [9] operation id  [10] its life in ms  [11] most live operations
-- reply   the whole cart as one text, or the line's quantity | -1 too many lines | -2 too many of the item
--         | -7 the operation id stands for another add | -8 too many live operations
local quantity, operation = tonumber(ARGV[3]), ARGV[9]
local held = redis.call('HGET', KEYS[1], ARGV[2])
local before, place
if held then before, place = string.match(held, '(%d+):(%d+)') end

local function reply(now)
  if ARGV[8] == 'quantity' then return now end
  return table.concat(redis.call('HGETALL', KEYS[1]), ' ')
end

if operation then
  local since = nowMs - ARGV[10]
  local known = redis.call('HGET', KEYS[3], operation)
  if known then
    local at, what = string.match(known, '^(%d+) (.*)$')
    if tonumber(at) > since then
      if what ~= ARGV[2] .. ' ' .. ARGV[3] then return -7 end
      redis.call('PEXPIRE', KEYS[1], ARGV[6], 'GT')
      return reply(tonumber(before or 0))
    end
  elseif redis.call('HLEN', KEYS[3]) > tonumber(ARGV[11]) then
    -- Full: look for ones whose life is over, but not again before the oldest of those that are left can be.
    -- A clock that was set back makes nothing live longer than one life from now.
    local look = tonumber(redis.call('HGET', KEYS[3], '#look') or 0)
    if look > nowMs and look - nowMs <= tonumber(ARGV[10]) then return -8 end
    local oldest, dropped = nowMs, 0
    local all = redis.call('HGETALL', KEYS[3])
    for i = 1, #all, 2 do
      local at = tonumber(string.match(all[i + 1], '^%d+'))
      if all[i] ~= '#look' and at <= since then
        redis.call('HDEL', KEYS[3], all[i])
        dropped = dropped + 1
      elseif all[i] ~= '#look' then
        if at > nowMs then
          redis.call('HSET', KEYS[3], all[i], string.format('%d', nowMs) .. string.match(all[i + 1], ' .*$'))
        end
        oldest = math.min(oldest, at)
      end
    end
    redis.call('HSET', KEYS[3], '#look', string.format('%d', oldest + ARGV[10]))
    if dropped == 0 then return -8 end
  end
end

if (before or 0) + quantity > tonumber(ARGV[5]) then return -2 end
local fields
if not held then
  fields = redis.call('HLEN', KEYS[1])
  if fields - 3 >= tonumber(ARGV[4]) then return -1 end
  if fields == 0 then redis.call('HSET', KEYS[1], '#next', 0, '#born', ARGV[7], '#settled', '') end
  place = redis.call('HINCRBY', KEYS[1], '#next', 1)
end
quantity = (before or 0) + quantity
redis.call('HSET', KEYS[1], ARGV[2], string.format('%d:%s', quantity, place))
if fields == 0 then
  -- A new cart lives at least as long as an open checkout of the one before it.
  redis.call('PEXPIRE', KEYS[1], math.max(redis.call('PTTL', KEYS[2]), ARGV[6]))
else
  redis.call('PEXPIRE', KEYS[1], ARGV[6], 'GT')
end
if operation then
  redis.call('HSET', KEYS[3], operation, string.format('%d %s %s', nowMs, ARGV[2], ARGV[3]))
  redis.call('HSETNX', KEYS[3], '#look', 0)
  redis.call('PEXPIRE', KEYS[3], ARGV[10])
end
return reply(quantity)
