-- Sets lines of a cart apart for a transfer into another one, except what an open checkout locks of them. A transfer that an earlier call
-- began, and did not end, comes first. The idempotency keys stay here too: a client that still writes to this cart may repeat an add.
-- KEYS[1] cart  [2] locked quantities  [3] outgoing lines  [4] idempotency keys
-- ARGV[2] new transfer id  [3] id of the cart to transfer into  [4] 'sum' | 'max' | 'replace' | 'move'  [5] line id, '' for the whole cart
--     [6] life of what is set apart in ms
-- reply   { transfer id, id of the cart to transfer into, rule, cart data, { line id, quantity, data, ... }, { idempotency key, its use, ... } }
--         | { } nothing to transfer
local id, toCart, rule = string.match(redis.call('HGET', KEYS[3], '') or '', '^(%S+) (%S+) (%S+)$')
local lines, data = {}, ''
if id then
  lines = readLines(KEYS[3])
  local _, apart = readVersion(KEYS[3])
  data = apart
else
  id, toCart, rule = ARGV[2], ARGV[3], ARGV[4]
  for _, line in ipairs(readLines(KEYS[1])) do
    local locked = math.min(tonumber(redis.call('HGET', KEYS[2], line.id) or 0), line.quantity)
    if line.quantity > locked and (ARGV[5] == '' or ARGV[5] == line.id) then
      lines[#lines + 1] = { id = line.id, quantity = line.quantity - locked, data = line.data }
      writeLine(KEYS[3], line.id, line.quantity - locked, #lines, line.data)
      writeLine(KEYS[1], line.id, locked, line.place, line.data)
    end
  end
  if ARGV[5] == '' and countLines(KEYS[1]) == 0 then
    local version, cartData = readVersion(KEYS[1])
    data = cartData
    if data ~= '' then
      writeVersion(KEYS[3], '', data)
      writeVersion(KEYS[1], version, '')
    end
  end
  if #lines > 0 or data ~= '' then
    redis.call('HSET', KEYS[3], '', id .. ' ' .. toCart .. ' ' .. rule)
    countChanges(KEYS[1], 1)
    endVersionIfEmpty(KEYS[1])
  end
end
redis.call('PEXPIRE', KEYS[3], ARGV[6])

local uses = {}
if rule ~= 'move' then
  local all = redis.call('HGETALL', KEYS[4])
  for i = 1, #all, 2 do
    if all[i] ~= '#look' then
      uses[#uses + 1] = all[i]
      uses[#uses + 1] = all[i + 1]
    end
  end
end
if #lines == 0 and data == '' and #uses == 0 then return {} end
return { id, toCart, rule, data, flatten(lines), uses }
