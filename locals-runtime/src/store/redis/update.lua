-- A renewal, a rotation, a promotion, if the record is as it was read. KEYS: of the session.
-- ARGV: field, hash; the `active_until` that was read, the deadlines and the renewal, or nothing; another hash,
-- its succession, the authentication, or nothing; the promotion, or nothing; the lifetime, or nothing.
local record = redis.call('HGET', KEYS[1], ARGV[1])
if not record or #record < 151 or string.byte(record) ~= 1 then
  return 0
end

local function part(from, to)
  return string.sub(record, from, to)
end

local has_former, succession, secret, former = part(2, 2), part(3, 35), part(36, 67), part(68, 99)
local authenticated, times = part(100, 107), part(108, 139)

local is_as_read = secret == ARGV[2]
  and (ARGV[3] == '' or part(108, 115) == ARGV[3])
  and (ARGV[8] == '' or string.byte(succession) == 1)
if not is_as_read then
  return 0
end

if ARGV[4] ~= '' then
  times = ARGV[4]
end
if ARGV[5] ~= '' then
  has_former, former, secret, succession = '\1', secret, ARGV[5], ARGV[6]
end
if ARGV[7] ~= '' then
  authenticated = ARGV[7]
end
if ARGV[8] ~= '' then
  succession = ARGV[8]
end

local left = redis.call('PTTL', KEYS[1])
redis.call('HSET', KEYS[1], ARGV[1],
  part(1, 1) .. has_former .. succession .. secret .. former .. authenticated .. times .. part(140, -1))
-- One that somebody keeps for ever has none.
if ARGV[9] ~= '' and left >= 0 and left < tonumber(ARGV[9]) then
  redis.call('PEXPIRE', KEYS[1], ARGV[9])
end
return 1
