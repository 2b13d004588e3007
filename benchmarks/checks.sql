-- Six of Auditor's checks (the two on userIds count as one), as a capable user would write them by hand in DuckDB's SQL.
-- A comment `-- check: NAME` names the rule that its query stands for.

create table events as
select
  type,
  event,
  nullif("userId", '') as user_id,
  "anonymousId" as anonymous_id,
  "messageId" as message_id,
  coalesce("originalTimestamp", "timestamp") as t,
  "sentAt" as sent_at,
  context.page.path as path,
  context.library.name as library,
  "anonymousId" is not null and context.library.name not in ('analytics-python', 'analytics-node', 'analytics-ruby') as client
from read_json($log, format = 'newline_delimited', columns = {
  type: 'VARCHAR',
  event: 'VARCHAR',
  "userId": 'VARCHAR',
  "anonymousId": 'VARCHAR',
  "messageId": 'VARCHAR',
  "timestamp": 'TIMESTAMP',
  "originalTimestamp": 'TIMESTAMP',
  "sentAt": 'TIMESTAMP',
  context: 'STRUCT(page STRUCT(path VARCHAR), library STRUCT(name VARCHAR))'
});

create macro is_signup(name) as name in (
  'Signed Up', 'User Signed Up', 'Sign Up', 'Signup Completed', 'Account Created', 'User Created', 'Registered',
  'User Registered', 'Registration Completed', 'signed_up', 'user_signed_up', 'sign_up', 'signup', 'account_created');
create macro is_login(name) as name in (
  'Signed In', 'User Signed In', 'Logged In', 'User Logged In', 'Login', 'Sign In', 'signed_in', 'logged_in', 'login');
create macro is_logout(name) as name in (
  'Signed Out', 'User Signed Out', 'Logged Out', 'User Logged Out', 'Logout', 'Sign Out', 'signed_out', 'logout');
create macro is_placeholder(id) as lower(id) in (
    'anonymous', 'anon', 'guest', 'null', 'nil', 'none', 'undefined', 'unknown', 'n/a', 'na', 'nan', 'true', 'false', '0',
    '-1', '[object object]', '[]', '{}', 'id', 'email', 'distinct_id')
  or regexp_matches(id, '^[0-]+$|\{\{|\$\{|<%=|^%s$');

-- check: identify-after-track
with identified as (
  select anonymous_id, min(t) as first_t, arg_min(message_id, t) as first_id, arg_min(user_id, t) as first_user
  from events
  where type = 'identify' and client and user_id is not null
  group by anonymous_id
)
select distinct on (e.message_id)
  e.message_id, e.event, e.t, e.anonymous_id, i.first_user as user_id, i.first_id as late_id, i.first_t - e.t as late_by
from events e join identified i using (anonymous_id)
where e.type = 'track' and e.client and (is_signup(e.event) or is_login(e.event))
  and i.first_t > e.t and i.first_t <= e.t + interval 30 minutes;

-- check: two-users-on-one-device
with steps as (
  select message_id, type, t, anonymous_id, user_id,
    lag(user_id) over lane as user_before, lag(message_id) over lane as id_before
  from events
  where client and type = 'identify' and user_id is not null
  window lane as (partition by anonymous_id order by t)
)
select anonymous_id, arg_min(message_id, t) as message_id, min(t) as t,
  arg_min(user_id, t) as user_id, arg_min(user_before, t) as user_before, arg_min(id_before, t) as id_before
from steps
where user_id <> user_before
group by anonymous_id;

-- check: user-id-is-email
select user_id, arg_min(message_id, t) as message_id, min(t) as t, count(*) as calls
from events
where regexp_matches(user_id, '^[^@\s]+@[^@\s]+\.[^@\s]+$')
group by user_id;

-- check: placeholder-user-id
select user_id, arg_min(message_id, t) as message_id, min(t) as t, count(*) as calls
from events
where is_placeholder(user_id)
group by user_id;

-- check: duplicate-message-id
with repeated as (
  select message_id, count(*) as times
  from events
  where message_id is not null
  group by message_id
  having count(*) > 1
)
select message_id, any_value(times) as times, min(t) as t, any_value(type) as type, any_value(event) as event,
  count(distinct (type, event, user_id, t)) > 1 as changed,
  max(sent_at) - min(sent_at) >= interval 24 hours as late
from events join repeated using (message_id)
group by message_id;

-- check: missing-reset-on-logout
with steps as (
  select message_id, type, event, path, t, anonymous_id, user_id,
    (type = 'track' and is_logout(event)) or (type = 'page' and regexp_matches(path, '^/(log-?out|sign-?out)(/|$)')) as signal
  from events
  where client and (type in ('page', 'screen', 'identify') or (type = 'track' and is_logout(event)))
),
concerned as (
  select * from steps where anonymous_id in (select anonymous_id from steps where signal)
),
followed as (
  select *,
    lead(type) over lane as next_type, lead(signal) over lane as next_signal, lead(user_id) over lane as next_user,
    lead(t) over lane as next_t, lead(message_id) over lane as next_id,
    lead(type, 2) over lane as second_type, lead(user_id, 2) over lane as second_user, lead(t, 2) over lane as second_t
  from concerned
  window lane as (partition by anonymous_id order by t)
)
select message_id, event, path, t, anonymous_id, user_id, next_id, next_user,
  case when next_type = 'identify' then 'inherited' else 'still-sent' end as kind
from followed
where signal and user_id is not null and not next_signal and (
  (next_type = 'identify' and next_user <> user_id)
  or (next_type <> 'identify' and next_user = user_id
    and not coalesce(second_type = 'identify' and second_user = user_id and second_t <= next_t + interval 50 milliseconds, false))
);

-- check: double-counted-signup
with signups as (
  select message_id, event, any_value(user_id) as user_id, min(t) as t, any_value(client) as client
  from events
  where type = 'track' and is_signup(event) and user_id is not null and not is_placeholder(user_id)
  group by message_id, event
)
select b.message_id, b.event, b.user_id, b.t, a.message_id as other_id,
  case when a.client and b.client then 'client-again' else 'client-and-server' end as kind
from signups a join signups b
  on a.user_id = b.user_id and a.event = b.event and a.message_id <> b.message_id
where (a.client and not b.client and b.t between a.t - interval 10 minutes and a.t + interval 10 minutes)
  or (a.client and b.client and a.t < b.t);
