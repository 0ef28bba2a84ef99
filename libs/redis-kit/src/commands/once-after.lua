
end
local result = run()
redis.call('SET', KEYS[#KEYS], cmsgpack.pack(result), 'PX', ARGV[1] - nowMs + 1)
return result
