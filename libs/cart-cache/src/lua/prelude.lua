-- What the scripts of a cart share. A helper gets the keys that it touches, and calls none but helpers above it: withPrelude.
-- A cart is a hash. A line is a field `item id` with the value `quantity:place`. Three fields keep its state: '#next' is the place
-- of the last line, '#born' and '#settled' together are the cart's version.

local function wholeCart(cart) return table.concat(redis.call('HGETALL', cart), ' ') end

-- Below 0 where there is no cart.
local function countLines(cart) return redis.call('HLEN', cart) - 3 end

-- '' where there is no cart. Another one after the cart was empty, and after a checkout was taken off it.
local function readVersion(cart)
  local born, settled = unpack(redis.call('HMGET', cart, '#born', '#settled'))
  return born and born .. settled or ''
end

-- Reply: quantity, place; nothing where there is no such line.
local function readLine(cart, id)
  local value = redis.call('HGET', cart, id)
  if not value then return end
  local quantity, place = string.match(value, '(%d+):(%d+)')
  return tonumber(quantity), tonumber(place)
end

-- In the order of their places.
local function readLines(cart)
  local fields, lines = redis.call('HGETALL', cart), {}
  for i = 1, #fields, 2 do
    if string.sub(fields[i], 1, 1) ~= '#' then
      local quantity, place = string.match(fields[i + 1], '(%d+):(%d+)')
      lines[#lines + 1] = { id = fields[i], quantity = tonumber(quantity), place = tonumber(place) }
    end
  end
  table.sort(lines, function(a, b) return a.place < b.place end)
  return lines
end

-- { item id, quantity, ... }
local function toPairs(lines)
  local flat = {}
  for _, line in ipairs(lines) do
    flat[#flat + 1] = line.id
    flat[#flat + 1] = string.format('%d', line.quantity)
  end
  return flat
end

-- Quantity 0 removes the line. A line without a place goes to the end.
local function writeLine(cart, id, quantity, place)
  if quantity > 0 then
    place = place or redis.call('HINCRBY', cart, '#next', 1)
    redis.call('HSET', cart, id, string.format('%d:%d', quantity, place))
  else
    redis.call('HDEL', cart, id)
  end
end

local function removeLines(cart)
  for _, field in ipairs(redis.call('HKEYS', cart)) do
    if string.sub(field, 1, 1) ~= '#' then redis.call('HDEL', cart, field) end
  end
end

-- Keeps the cart alive; creates it where there is none. A new cart lives at least as long as an open checkout of the one before it.
local function openCart(cart, claim, version, ttlMs)
  if redis.call('PEXPIRE', cart, ttlMs, 'GT') == 1 or redis.call('EXISTS', cart) == 1 then return end
  redis.call('HSET', cart, '#next', 0, '#born', version, '#settled', '')
  redis.call('PEXPIRE', cart, math.max(redis.call('PTTL', claim), ttlMs))
end

local function dropIfEmpty(cart)
  if countLines(cart) == 0 then redis.call('DEL', cart) end
end

-- An open checkout claims no more than what the cart holds.
local function clampClaimedLine(claimed, id, quantity)
  local amount = tonumber(redis.call('HGET', claimed, id) or 0)
  if amount <= quantity then return end
  if quantity > 0 then redis.call('HSET', claimed, id, quantity) else redis.call('HDEL', claimed, id) end
end

local function clampClaimed(cart, claimed)
  for _, id in ipairs(redis.call('HKEYS', claimed)) do clampClaimedLine(claimed, id, readLine(cart, id) or 0) end
end

local function ownsClaim(claim, checkoutId, attemptId)
  local id, attempt = unpack(redis.call('HMGET', claim, 'checkoutId', 'attemptId'))
  return id == checkoutId and attempt == attemptId
end

-- What is kept for an id is `time text`, the time in ms; nothing of another value.
local function parseKept(value)
  local at, text = string.match(value, '^(%d+) (.*)$')
  return tonumber(at), text
end

-- '#look' is the time before which no operation id can be dropped: add.lua.
local function keepOperation(operations, id, value, lifeMs)
  redis.call('HSET', operations, id, value)
  redis.call('HSETNX', operations, '#look', 0)
  redis.call('PEXPIRE', operations, lifeMs)
end
