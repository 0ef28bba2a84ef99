-- Puts events at the end of the stream of orders, and drops its oldest where it grew too long.
-- KEYS[1] stream
-- ARGV[2] most entries kept, about  [3 ...] event as JSON, ...
-- reply   1
for i = 3, #ARGV do redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', 'event', ARGV[i]) end
return 1
