-- Precedes every script. An older Redis would run a part of a script before it meets a command that it does not know.
if not redis.REDIS_VERSION_NUM then return redis.error_reply('UNSUPPORTED_VERSION Redis 7.0 or later is required') end
