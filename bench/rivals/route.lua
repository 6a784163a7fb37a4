-- The agent with the least load among those who have all the skills; among equals the one whose
-- last assignment is longest ago. A score is load * 1e12 + number of the last assignment, so that
-- the sorted set stands in exactly that order.
-- KEYS: load (sorted set of agents), tickets (hash), seq (counter). ARGV: ticket, skill sets.
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 1 then
  return redis.error_reply('EXISTS the ticket is remembered already')
end
local at = 0
while true do
  local here = redis.call('ZRANGE', KEYS[1], at, at + 15)
  if #here == 0 then return false end
  local has = {}
  for i = 2, #ARGV do has[i] = redis.call('SMISMEMBER', ARGV[i], unpack(here)) end
  for place, agent in ipairs(here) do
    local all = true
    for i = 2, #ARGV do
      if has[i][place] == 0 then all = false break end
    end
    if all then
      local load = math.floor(tonumber(redis.call('ZSCORE', KEYS[1], agent)) / 1e12)
      local seq = redis.call('INCR', KEYS[3])
      redis.call('ZADD', KEYS[1], string.format('%.0f', (load + 1) * 1e12 + seq), agent)
      redis.call('HSET', KEYS[2], ARGV[1], agent)
      return agent
    end
  end
  at = at + 16
end
