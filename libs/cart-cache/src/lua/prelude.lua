-- What the scripts of a cart share. A helper gets the keys that it touches, and calls none but helpers above it: withPrelude.
-- A cart is a hash. A line is a field with the escaped line id and the value `quantity:place` or `quantity:place:data`. Two fields are
-- no lines, and no escaped id is like them: '' counts the changes and so gives places; '{' is the cart version, and `:data` where
-- the cart has data.

local function wholeCart(cart) return table.concat(redis.call('HGETALL', cart), '\n') end

-- Below 0 where there is no cart.
local function countLines(cart) return redis.call('HLEN', cart) - 2 end

-- Reply: cart version, data; '' for what is not there. The version is another one after the cart was empty, and after a completed checkout.
local function readVersion(cart)
  local version, data = string.match(redis.call('HGET', cart, '{') or '', '^([^:]*):?(.*)$')
  return version, data
end

local function writeVersion(cart, version, data)
  redis.call('HSET', cart, '{', data == '' and version or version .. ':' .. data)
end

-- Whether the cart is not the one that the caller expects; '' expects nothing.
local function isConflict(cart, expected)
  if expected == '' then return false end
  local version = readVersion(cart)
  return expected ~= (version == '' and '0' or version .. '.' .. redis.call('HGET', cart, ''))
end

-- 'null' removes the data, '' keeps it.
local function chooseData(new, old)
  if new == '' then return old end
  return new == 'null' and '' or new
end

-- Reply: quantity, place, data ('' for none); nothing where there is no such line.
local function parseLine(value)
  if not value then return end
  local quantity, place, data = string.match(value, '^(%d+):(%d+):?(.*)$')
  return tonumber(quantity), tonumber(place), data
end

local function readLine(cart, id) return parseLine(redis.call('HGET', cart, id)) end

-- In the order of their places.
local function readLines(cart)
  local fields, lines = redis.call('HGETALL', cart), {}
  for i = 1, #fields, 2 do
    if fields[i] ~= '' and fields[i] ~= '{' then
      local quantity, place, data = string.match(fields[i + 1], '^(%d+):(%d+):?(.*)$')
      lines[#lines + 1] = { id = fields[i], quantity = tonumber(quantity), place = tonumber(place), data = data }
    end
  end
  table.sort(lines, function(a, b) return a.place < b.place end)
  return lines
end

-- { line id, quantity, data, ... }
local function flatten(lines)
  local flat = {}
  for _, line in ipairs(lines) do
    flat[#flat + 1] = line.id
    flat[#flat + 1] = string.format('%d', line.quantity)
    flat[#flat + 1] = line.data
  end
  return flat
end

local function countChanges(cart, count) return redis.call('HINCRBY', cart, '', count) end

local function formatLine(quantity, place, data)
  local value = string.format('%d:%d', quantity, place)
  return data == '' and value or value .. ':' .. data
end

-- Quantity 0 removes the line.
local function writeLine(cart, id, quantity, place, data)
  if quantity <= 0 then return redis.call('HDEL', cart, id) end
  redis.call('HSET', cart, id, formatLine(quantity, place, data))
end

local function removeLines(cart)
  for _, field in ipairs(redis.call('HKEYS', cart)) do
    if field ~= '' and field ~= '{' then redis.call('HDEL', cart, field) end
  end
end

-- Keeps the cart alive; creates it where there is none. A new cart lives at least as long as an open checkout of the one before it.
local function openCart(cart, lock, version, ttlMs)
  if redis.call('PEXPIRE', cart, ttlMs, 'GT') == 1 or redis.call('EXISTS', cart) == 1 then return end
  redis.call('HSET', cart, '', 0, '{', version)
  redis.call('PEXPIRE', cart, math.max(redis.call('PTTL', lock), ttlMs))
end

-- A cart without lines is deleted, unless it has data: then it begins another version, as what was bought of the one before is gone.
local function endVersionIfEmpty(cart)
  if countLines(cart) ~= 0 then return end
  local version, data = readVersion(cart)
  if data == '' then return redis.call('DEL', cart) end
  writeVersion(cart, string.match(version, '^[^~]*') .. '~' .. redis.call('HGET', cart, ''), data)
end

-- An open checkout locks no more than what the cart holds.
local function clampLockedLine(locked, id, quantity)
  local amount = tonumber(redis.call('HGET', locked, id) or 0)
  if amount <= quantity then return end
  if quantity > 0 then redis.call('HSET', locked, id, quantity) else redis.call('HDEL', locked, id) end
end

local function clampLocked(cart, locked)
  for _, id in ipairs(redis.call('HKEYS', locked)) do clampLockedLine(locked, id, readLine(cart, id) or 0) end
end

local function ownsLock(lock, checkoutId, attemptId)
  local id, attempt = unpack(redis.call('HMGET', lock, 'checkoutId', 'attemptId'))
  return id == checkoutId and attempt == attemptId
end

-- What is remembered under an id is `time text`, the time in ms; nothing of another value.
local function parseRemembered(value)
  local at, text = string.match(value, '^(%d+) (.*)$')
  return tonumber(at), text
end

-- '#look' is the time before which no idempotency key can be dropped: add.lua.
local function rememberKey(idempotency, key, value, lifeMs)
  redis.call('HSET', idempotency, key, value)
  redis.call('HSETNX', idempotency, '#look', 0)
  redis.call('PEXPIRE', idempotency, lifeMs)
end
