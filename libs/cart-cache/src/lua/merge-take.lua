-- Sets a cart's lines apart for a merge, except what an open checkout claims of them. Lines that an earlier call set apart, and did
-- not bring to the end, come first. The operation ids stay here too: whoever still writes to this cart may repeat an add.
-- KEYS[1] cart  [2] claimed amounts  [3] lines set apart  [4] operations
-- ARGV[2] new merge id  [3] token of the cart to merge into  [4] life of what is set apart in ms
-- reply   { merge id, token of the cart to merge into, { item id, quantity, ... }, { operation id, what it stands for, ... } }
--         | { } nothing to merge
local apart = redis.call('HGETALL', KEYS[3])
if #apart == 0 then
  local cart = redis.call('HGETALL', KEYS[1])
  local lines, places = {}, {}
  for i = 1, #cart, 2 do
    if string.sub(cart[i], 1, 1) ~= '#' then
      local quantity, place = string.match(cart[i + 1], '(%d+):(%d+)')
      local claimed = math.min(tonumber(redis.call('HGET', KEYS[2], cart[i]) or 0), tonumber(quantity))
      if quantity - claimed > 0 then
        lines[#lines + 1] = cart[i]
        places[cart[i]] = { free = quantity - claimed, claimed = claimed, place = tonumber(place) }
      end
    end
  end
  if #lines > 0 then
    table.sort(lines, function(a, b) return places[a].place < places[b].place end)
    for i, id in ipairs(lines) do
      local line = places[id]
      redis.call('HSET', KEYS[3], id, string.format('%d:%d', line.free, i))
      if line.claimed > 0 then
        redis.call('HSET', KEYS[1], id, string.format('%d:%d', line.claimed, line.place))
      else
        redis.call('HDEL', KEYS[1], id)
      end
    end
    if redis.call('HLEN', KEYS[1]) == 3 then redis.call('DEL', KEYS[1]) end
    redis.call('HSET', KEYS[3], '#id', ARGV[2], '#into', ARGV[3])
    apart = redis.call('HGETALL', KEYS[3])
  end
end

local operations = {}
local remembered = redis.call('HGETALL', KEYS[4])
for i = 1, #remembered, 2 do
  if remembered[i] ~= '#look' then
    operations[#operations + 1] = remembered[i]
    operations[#operations + 1] = remembered[i + 1]
  end
end
if #apart == 0 then
  if #operations == 0 then return {} end
  return { ARGV[2], ARGV[3], {}, operations }
end
redis.call('PEXPIRE', KEYS[3], ARGV[4])

local id, into, lines = nil, nil, {}
for i = 1, #apart, 2 do
  if apart[i] == '#id' then id = apart[i + 1]
  elseif apart[i] == '#into' then into = apart[i + 1]
  else
    local quantity, place = string.match(apart[i + 1], '(%d+):(%d+)')
    lines[#lines + 1] = { apart[i], quantity, tonumber(place) }
  end
end
table.sort(lines, function(a, b) return a[3] < b[3] end)
local flat = {}
for _, line in ipairs(lines) do
  flat[#flat + 1] = line[1]
  flat[#flat + 1] = line[2]
end
return { id, into, flat, operations }
