-- Sessions end. KEYS: of each of them. ARGV: the field of each.
local ended = 0
for at = 1, #KEYS do
  ended = ended + redis.call('HDEL', KEYS[at], ARGV[at])
end
return ended
