-- Sets a cart's lines apart for a merge, except what an open checkout claims of them. Lines that an earlier call set apart, and did
-- not bring to the end, come first. The operation ids stay here too: whoever still writes to this cart may repeat an add.
-- KEYS[1] cart  [2] claimed amounts  [3] lines set apart  [4] operations
-- ARGV[2] new merge id  [3] token of the cart to merge into  [4] life of what is set apart in ms
-- reply   { merge id, token of the cart to merge into, { item id, quantity, ... }, { operation id, what it stands for, ... } }
--         | { } nothing to merge
local apart = readLines(KEYS[3])
local id, into = redis.call('HGET', KEYS[3], '#id') or ARGV[2], redis.call('HGET', KEYS[3], '#into') or ARGV[3]
if #apart == 0 then
  for _, line in ipairs(readLines(KEYS[1])) do
    local claimed = math.min(tonumber(redis.call('HGET', KEYS[2], line.id) or 0), line.quantity)
    if line.quantity > claimed then
      apart[#apart + 1] = { id = line.id, quantity = line.quantity - claimed }
      writeLine(KEYS[3], line.id, line.quantity - claimed, #apart)
      writeLine(KEYS[1], line.id, claimed, line.place)
    end
  end
  dropIfEmpty(KEYS[1])
  if #apart > 0 then redis.call('HSET', KEYS[3], '#id', id, '#into', into) end
end
redis.call('PEXPIRE', KEYS[3], ARGV[4])

local operations = {}
local kept = redis.call('HGETALL', KEYS[4])
for i = 1, #kept, 2 do
  if kept[i] ~= '#look' then
    operations[#operations + 1] = kept[i]
    operations[#operations + 1] = kept[i + 1]
  end
end
if #apart == 0 and #operations == 0 then return {} end
return { id, into, toPairs(apart), operations }
