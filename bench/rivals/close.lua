-- Gives the ticket's agent one unit of load back.
-- KEYS: load (sorted set of agents), tickets (hash). ARGV: ticket.
local agent = redis.call('HGET', KEYS[2], ARGV[1])
if not agent then return redis.error_reply('UNKNOWN no such ticket') end
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('ZINCRBY', KEYS[1], '-1000000000000', agent)
return agent
