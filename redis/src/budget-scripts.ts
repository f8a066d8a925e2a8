/** The scripts that reserve and settle in a budget, in Lua, below `period-script.ts`. */
import { ENDED_MILLIS, MAX_RECLAIMED, WRITER_MILLIS } from 'otel-agent-cost/src/shared/store/store-rules';

export const RESERVE = `
local ask = cjson.decode(ARGV[1])
local periods = periodsOf(ask.periods, 1)
local CLASS = { usd = 1, llmUsd = 1, toolUsd = 1, tokens = 2 }
local alone = { ask.alone:sub(1, 1) == '1', ask.alone:sub(2, 2) == '1' }

local function former()
  local outcome
  for _, p in ipairs(periods) do
    p.known = redis.call('HMGET', p.hash, 'h:' .. ask.id, 'k:' .. ask.id, 'x:' .. ask.id)
    if p.known[2] or p.known[3] then return 'ended' end
  end
  for _, p in ipairs(periods) do
    local held = p.known[1]
    if held then
      outcome = outcome or held:match('^%d+(%a+)')
      redis.call('ZADD', p.index, 'GT', now + ask.lease, 'h:' .. ask.id)
    end
  end
  return outcome
end

-- The holds of the calls around this one: how many are alone, and their amounts.
local function around(p, class, measure)
  local inside = { alone = 0, amounts = {} }
  for _, id in ipairs(ask.around) do
    local held = redis.call('HGET', p.hash, 'h:' .. id)
    if held then
      if class and held:sub(class + 2, class + 2) == '1' then inside.alone = inside.alone + 1 end
      inside.amounts[#inside.amounts + 1] = read(held)[measure]
    end
  end
  return inside
end

local function judge(p, limit)
  local measure, most, need = limit.measure, limit.most, limit.need
  local booked = sum(p, get(p, 'spent.' .. measure), get(p, 'kept.' .. measure))
  if not booked or not isMore(most, booked) then return 'reached' end
  if exceeds(sum(p, booked, limit.firm), most) then return 'too_large' end
  local class = CLASS[measure]
  local isCertain = not class or (need == limit.firm and need ~= '0' and not limit.isAlone)
  local inside = around(p, class, measure)
  -- The calls around this one do not end before it, so waiting does not release their holds.
  if isCertain and exceeds(sum(p, booked, need, unpack(inside.amounts)), most) then return 'too_large' end
  -- Another call has all that is left, unless one around this call has it, too (both were forced).
  if class and inside.alone == 0 and get(p, FLAGS[class + 2]) ~= '0' then return 'no_room' end
  local least = need == '0' and '1' or need
  if not exceeds(sum(p, booked, get(p, 'reserved.' .. measure), least), most) then return 'fits' end
  if isCertain then return 'no_room' end
  -- A call inside another one never waits for calls that may wait for it, in whatever process they run: no deadlock.
  if #ask.around > 0 or get(p, FLAGS[class]) == '0' then return 'alone', class end
  return 'no_room'
end

-- A limit that waiting does not help wins over one that others may make room in.
local function decide()
  local outcome, wait = 'admitted', nil
  local granted = {}
  for i, p in ipairs(ask.forced and {} or periods) do
    for j, limit in ipairs(p.limits) do
      limit.isAlone = CLASS[limit.measure] and alone[CLASS[limit.measure]]
      local verdict, class = judge(p, limit)
      if verdict == 'reached' or verdict == 'too_large' then return { verdict, 0, i, j } end
      if verdict == 'no_room' then wait = wait or { verdict, 0, i, j } end
      if verdict == 'alone' then outcome, granted[class] = verdict, true end
    end
  end
  for class in pairs(granted) do alone[class] = true end
  return wait or { outcome, 1 }
end

-- False if an amount would be out of range, also after the hold has expired and its amount is kept.
local function canHold()
  for _, p in ipairs(periods) do
    for measure, amount in pairs(ask.amounts) do
      local kept, reserved = get(p, 'kept.' .. measure), get(p, 'reserved.' .. measure)
      if not areShort(kept, reserved, amount) and not sum(p, kept, reserved, amount) then return false end
    end
  end
  return true
end

local function enter(outcome)
  local held = ask.holds .. (alone[1] and '1' or '0') .. (alone[2] and '1' or '0') .. outcome .. write(ask.amounts)
  for _, p in ipairs(periods) do
    put(p, 'h:' .. ask.id, held, now + ask.lease)
    add(p, 'reserved', ask.amounts, '')
    count(p, held, 1)
  end
end

for _, p in ipairs(periods) do reclaim(p, ask.id) end
local known = former()
local head = known and { known, 0 } or decide()
if head[2] == 1 then
  if canHold() then enter(head[1]) else head = { 'overflow', 0 } end
end
return reply(head, periods)`;

export const SETTLE = `
local ask = cjson.decode(ARGV[1])
local writer = ARGV[2]
local versions, writers = KEYS[1], KEYS[2]
local periods = periodsOf(ask.periods, 3)

local function isNew()
  local idle = redis.call('ZRANGE', writers, '-inf', now - ${WRITER_MILLIS}, 'BYSCORE', 'LIMIT', 0, ${MAX_RECLAIMED})
  for _, name in ipairs(idle) do
    redis.call('HDEL', versions, name)
    redis.call('ZREM', writers, name)
  end
  local last = tonumber(redis.call('HGET', versions, writer) or '0')
  redis.call('HSET', versions, writer, string.format('%.0f', math.max(last, ask.version)))
  redis.call('ZADD', writers, now, writer)
  redis.call('PEXPIRE', versions, ${WRITER_MILLIS})
  redis.call('PEXPIRE', writers, ${WRITER_MILLIS})
  return ask.version > last
end

local function negative(amount)
  return amount and '-' .. amount or '0'
end

-- False if an amount would be out of range.
local function fits(p, entry)
  for measure, amount in pairs(entry.amounts) do
    local spent = get(p, 'spent.' .. measure)
    if not areShort(spent, amount) and not sum(p, spent, amount) then return false end
  end
  if not entry.id or entry.how ~= 'keep' then return true end
  local held = read(redis.call('HGET', p.hash, 'h:' .. entry.id) or '')
  local kept = read(redis.call('HGET', p.hash, 'k:' .. entry.id) or '')
  for measure, amount in pairs(entry.kept) do
    local booked = get(p, 'kept.' .. measure)
    local reserved = get(p, 'reserved.' .. measure)
    local total = sum(p, booked, negative(kept[measure]), reserved, negative(held[measure]), amount)
    if not total then return false end
  end
  return true
end

local function apply(p, entry)
  add(p, 'spent', entry.amounts, '')
  p.changed = true
  if not entry.id or not entry.how then return end
  leave(p, entry.id)
  add(p, 'kept', read(take(p, 'k:' .. entry.id) or ''), '-')
  take(p, 'x:' .. entry.id)
  if entry.how == 'keep' then keep(p, entry.id, entry.kept)
  else put(p, 'x:' .. entry.id, '', now + ${ENDED_MILLIS}) end
end

-- In all of its periods or in none.
local function settle(entry)
  for _, at in ipairs(entry.at) do
    if not fits(periods[at], entry) then return 1 end
  end
  for _, at in ipairs(entry.at) do apply(periods[at], entry) end
  return 0
end

for _, p in ipairs(periods) do reclaim(p) end
local overflowed = 0
if isNew() then
  for _, entry in ipairs(ask.entries) do overflowed = overflowed + settle(entry) end
end
return reply({ overflowed }, periods)`;
