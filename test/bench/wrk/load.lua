-- One load for wrk, described by environment variables, and its result as one line of JSON.
--   BENCH_METHOD      GET or POST
--   BENCH_BODY_BYTES  size of the request body; 0 = none
--   BENCH_CLOSE       "1": ask for the end of the connection with every request
--   BENCH_TARGETS     file with lines "host path" that are requested in turn; empty = the URL

wrk.method = os.getenv("BENCH_METHOD") or "GET"

local body_bytes = tonumber(os.getenv("BENCH_BODY_BYTES") or "0")
if body_bytes > 0 then
  wrk.body = string.rep("x", body_bytes)
  wrk.headers["Content-Type"] = "application/octet-stream"
end

if os.getenv("BENCH_CLOSE") == "1" then
  wrk.headers["Connection"] = "close"
end

-- Without a `request` function wrk sends one prebuilt request, which costs it no Lua at all.
local targets = os.getenv("BENCH_TARGETS") or ""
if targets ~= "" then
  local requests = {}
  local position = 0

  function init()
    for line in io.lines(targets) do
      local host, path = line:match("^(%S+) (%S+)$")
      requests[#requests + 1] = wrk.format("GET", path, { Host = host })
    end
  end

  function request()
    position = position % #requests + 1
    return requests[position]
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"durationUs":%d,"bytes":%d,"p50Us":%.1f,"p99Us":%.1f,' ..
    '"errors":{"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d}}\n',
    summary.requests, summary.duration, summary.bytes,
    latency:percentile(50), latency:percentile(99),
    errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end
