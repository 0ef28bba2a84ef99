-- Follows the deadline guard when the client may send a command again after a broken connection. The last key remembers the reply
-- until the deadline; after the deadline the guard refuses the command.
local remembered = redis.call('GET', KEYS[#KEYS])
if remembered then return cmsgpack.unpack(remembered) end
local function run()
