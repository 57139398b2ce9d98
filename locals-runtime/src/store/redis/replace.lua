-- A sign-in. KEYS: of the new session, then of each that it ends.
-- ARGV: field, record, owner, now, long ago, limit, lifetime; then the field of each that it ends.
local function instant(text, from)
  local a, b, c, d, e, f, g, h = string.byte(text, from, from + 7)
  return ((a * 256 + b) * 256 + c) * 256 + d, ((e * 256 + f) * 256 + g) * 256 + h
end

local function is_after(high, low, other_high, other_low)
  return high > other_high or (high == other_high and low > other_low)
end

-- Before the key is there: -2 where it was not, -1 where somebody keeps it for ever.
local left = redis.call('PTTL', KEYS[1])

-- The first write is the one that a full server refuses: nothing has changed then.
if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 0 then
  return false
end

local ended = 0
for at = 2, #KEYS do
  ended = ended + redis.call('HDEL', KEYS[at], ARGV[at + 6])
end

local now_high, now_low = instant(ARGV[4], 1)
local old_high, old_low = instant(ARGV[5], 1)
local others = {}
local all = redis.call('HGETALL', KEYS[1])
for at = 1, #all, 2 do
  local field, record = all[at], all[at + 1]
  if field ~= ARGV[1] then
    if #record < 151 or string.byte(record) ~= 1 then
      table.insert(others, { field = field, is_alive = false, high = 0, low = 0 })
    elseif string.sub(record, 148, 147 + #ARGV[3]) == ARGV[3] then
      local idle_high, idle_low = instant(record, 116)
      local high, low = instant(record, 132)
      if is_after(idle_high, idle_low, old_high, old_low) then
        local is_alive = is_after(idle_high, idle_low, now_high, now_low)
        table.insert(others, { field = field, is_alive = is_alive, high = high, low = low })
      else
        redis.call('HDEL', KEYS[1], field)
      end
    end
  end
end

-- Byte by byte, as numbers: strings are ordered by the server's locale.
table.sort(others, function(one, other)
  if one.is_alive ~= other.is_alive then
    return other.is_alive
  end
  return is_after(other.high, other.low, one.high, one.low)
end)

local evicted = 0
for at = 1, #others + 1 - tonumber(ARGV[6]) do
  redis.call('HDEL', KEYS[1], others[at].field)
  if others[at].is_alive then
    evicted = evicted + 1
  end
end

if left ~= -1 and left < tonumber(ARGV[7]) then
  redis.call('PEXPIRE', KEYS[1], ARGV[7])
end
return { ended, evicted }
