/**
 * The parts that the scripts of budgets share, in Lua: the periods of a budget. No amount is ever a Lua number, because that
 * is a double: amounts are strings, `HINCRBY` adds them, and they are compared digit by digit.
 *
 * A period of a budget is a hash: `spent.<measure>`, `kept.<measure>`, `reserved.<measure>`, the number of holders and of
 * those that are alone by class, and a field for each reservation: `h:<id>` is held, `k:<id>` has ended and its amount is
 * kept, `x:<id>` has ended. The index has when each of these runs out.
 */
import { KEPT_MILLIS, MAX_RECLAIMED, MEASURES } from 'otel-agent-cost/src/shared/store/store-rules';

/** The clock of Redis, in ms. */
export const TIME = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/** Fields of a period that an answer has, in this order. */
const STATE_FIELDS = [
  'version',
  ...['spent', 'kept', 'reserved'].flatMap((part) => MEASURES.map((measure) => `${part}.${measure}`)),
];

/** How many calls in flight hold money or tokens, and how many hold all that is left. */
const FLAG_FIELDS = ['holders.money', 'holders.tokens', 'alone.money', 'alone.tokens'];

export const PERIOD = `
local FIELDS = { ${[...STATE_FIELDS, ...FLAG_FIELDS].map((field) => `'${field}'`).join(', ')} }

-- One field, of all that are read at once until one of them changes.
local function get(p, field)
  if not p.fields then
    p.fields = {}
    for i, value in ipairs(redis.call('HMGET', p.hash, unpack(FIELDS))) do p.fields[FIELDS[i]] = value end
  end
  return p.fields[field] or '0'
end

local function increase(p, field, by)
  p.fields = nil
  redis.call('HINCRBY', p.hash, field, by)
end

-- The sum of whole amounts, of which the first is in range. Nil: it is out of range, and so more than any limit.
local function sum(p, first, ...)
  redis.call('HSET', p.hash, 'sum', first)
  for _, amount in ipairs({ ... }) do
    local reply = redis.pcall('HINCRBY', p.hash, 'sum', amount)
    if type(reply) == 'table' and reply.err then return nil end
  end
  return redis.call('HGET', p.hash, 'sum')
end

local function isMore(a, b)
  local isANegative, isBNegative = a:sub(1, 1) == '-', b:sub(1, 1) == '-'
  if isANegative ~= isBNegative then return isBNegative end
  if isANegative then a, b = b, a end
  if #a ~= #b then return #a > #b end
  for i = 1, #a do
    if a:byte(i) ~= b:byte(i) then return a:byte(i) > b:byte(i) end
  end
  return false
end

local function exceeds(total, most)
  return not total or isMore(total, most)
end

-- True for the most amounts, without adding them: eight of up to 18 digits are in range.
local function areShort(...)
  for _, amount in ipairs({ ... }) do
    if #amount > 18 then return false end
  end
  return true
end

local function add(p, part, amounts, sign)
  for measure, amount in pairs(amounts) do
    if amount ~= '0' then increase(p, part .. '.' .. measure, sign .. amount) end
  end
end

-- An entry of a call in flight: a flag for each of these, the outcome, and the amounts.
local FLAGS = { ${FLAG_FIELDS.map((field) => `'${field}'`).join(', ')} }

local function write(amounts)
  local text = ''
  for measure, amount in pairs(amounts) do
    if amount ~= '0' then text = text .. ' ' .. measure .. '=' .. amount end
  end
  return text
end

local function read(text)
  local amounts = {}
  for measure, amount in text:gmatch('(%a+)=(%d+)') do amounts[measure] = amount end
  return amounts
end

local function count(p, held, by)
  for i, field in ipairs(FLAGS) do
    if held:sub(i, i) == '1' then increase(p, field, by) end
  end
end

local function put(p, member, text, untilMillis)
  redis.call('HSET', p.hash, member, text)
  redis.call('ZADD', p.index, untilMillis, member)
  p.changed = true
end

-- Removes an entry of a reservation, and returns its text.
local function take(p, member)
  local text = redis.call('HGET', p.hash, member)
  redis.call('HDEL', p.hash, member)
  redis.call('ZREM', p.index, member)
  if text then p.changed = true end
  return text
end

local function leave(p, id)
  local held = take(p, 'h:' .. id)
  if held then
    add(p, 'reserved', read(held), '-')
    count(p, held, -1)
  end
  return held
end

local function keep(p, id, amounts)
  add(p, 'kept', amounts, '')
  put(p, 'k:' .. id, write(amounts), now + ${KEPT_MILLIS})
end

-- The process of an expired hold is gone, and the cost of its call unknown: the amount stays booked.
local function expire(p, member)
  if member:sub(1, 2) ~= 'h:' then return take(p, member) end
  local id = member:sub(3)
  local held = leave(p, id)
  if held then keep(p, id, read(held)) else take(p, member) end
end

local function reclaim(p, id)
  local due = redis.call('ZRANGE', p.index, '-inf', now, 'BYSCORE', 'LIMIT', 0, ${MAX_RECLAIMED})
  for _, member in ipairs(due) do expire(p, member) end
  -- With fewer, all that are due have ended.
  if not id or #due < ${MAX_RECLAIMED} then return end
  for _, state in ipairs({ 'h:', 'k:', 'x:' }) do
    local score = redis.call('ZSCORE', p.index, state .. id)
    if score and tonumber(score) <= now then return expire(p, state .. id) end
  end
end

local function periodsOf(asked, first)
  local periods = {}
  for i, period in ipairs(asked) do
    local at = first + 2 * (i - 1)
    periods[i] = { hash = KEYS[at], index = KEYS[at + 1], keep = period.keep, limits = period.limits }
  end
  return periods
end

local function finish(p)
  redis.call('HDEL', p.hash, 'sum')
  if p.changed then redis.call('HINCRBY', p.hash, 'version', 1) end
  if p.keep then
    redis.call('PEXPIRE', p.hash, p.keep)
    redis.call('PEXPIRE', p.index, p.keep)
  end
end

local function reply(head, periods)
  local answer = { now, head }
  for _, p in ipairs(periods) do
    finish(p)
    answer[#answer + 1] = redis.call('HMGET', p.hash, ${STATE_FIELDS.map((field) => `'${field}'`).join(', ')})
  end
  return answer
end`;
