-- Answers which of the commands of the other scripts may not be run, and changes nothing. KEYS: of nobody.
local REFUSALS = { 'NOPERM', 'no permissions', "can't run", 'nknown' }

local missing = {}
local function try(command, ...)
  local answer = redis.pcall(command, ...)
  local text = type(answer) == 'table' and answer.err or ''
  for _, refusal in ipairs(REFUSALS) do
    if string.find(text, refusal, 1, true) then
      table.insert(missing, command)
      return
    end
  end
end

try('HGET', KEYS[1], 'field')
try('HGETALL', KEYS[1])
-- A field without its value: whether the command may be run is looked at first.
try('HSET', KEYS[1], 'field', 'value', 'field')
try('HDEL', KEYS[1], 'field')
try('PTTL', KEYS[1])
try('PEXPIRE', KEYS[1], '1')
-- Of this one there is no call that changes nothing. From Redis 7 on, one can ask.
if redis.acl_check_cmd and not redis.acl_check_cmd('HSETNX', KEYS[1], 'field', 'value') then
  table.insert(missing, 'HSETNX')
end
return missing
