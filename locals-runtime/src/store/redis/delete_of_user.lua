-- Sessions of one user end. KEYS: of the user. ARGV: owner, which ("all", "all but", "only"), field.
local ended = 0
local all = redis.call('HGETALL', KEYS[1])
for at = 1, #all, 2 do
  local field, record = all[at], all[at + 1]
  local is_whole = #record >= 151 and string.byte(record) == 1
  local is_theirs = not is_whole or string.sub(record, 148, 147 + #ARGV[1]) == ARGV[1]
  local is_asked = ARGV[2] == 'all' or (field == ARGV[3]) == (ARGV[2] == 'only')
  if is_theirs and is_asked then
    ended = ended + redis.call('HDEL', KEYS[1], field)
  end
end
return ended
