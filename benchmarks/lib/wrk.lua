-- Sends the requests of a file, which are parted by NUL, each as likely as the next; tells at the end how many were answered.
local requests = {}

function init(args)
  local file = assert(io.open(args[1], 'rb'))
  for request in file:read('*a'):gmatch('[^%z]+') do requests[#requests + 1] = request end
  file:close()
  math.randomseed(os.time())
end

function request() return requests[math.random(#requests)] end

function done(summary)
  local e = summary.errors
  print(string.format('{"answered":%d,"us":%d,"failed":%d}', summary.requests, summary.duration,
    e.connect + e.read + e.write + e.status + e.timeout))
end
