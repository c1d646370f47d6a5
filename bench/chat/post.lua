-- SPDX-License-Identifier: Apache-2.0
-- For wrk: posts the bytes of a file (the first argument) as a chat, and at the end prints its counts as one JSON line.
local failed = "wrk: cannot read the file of the body"

function init(arguments)
  local file = assert(io.open(arguments[1], "rb"), failed)
  wrk.method = "POST"
  wrk.path = "/v1/chat/completions"
  wrk.body = file:read("*a")
  wrk.headers["Content-Type"] = "application/json"
  file:close()
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "seconds": %.6f, "p50_us": %.1f, "p99_us": %.1f, "failed": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99),
    errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
