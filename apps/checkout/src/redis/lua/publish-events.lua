-- Appends events to the stream of orders, and trims the stream.
-- KEYS[1] stream
-- ARGV[2] about how many entries the stream keeps  [3 ...] event as JSON, ...
-- reply   1
for i = 3, #ARGV do redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', 'event', ARGV[i]) end
return 1
