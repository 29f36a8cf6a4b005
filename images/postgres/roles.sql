-- One login role and one database of the same name for each entry of roles.json: {"odoo": "password", ...}.
-- Run at every start: makes what is missing, sets every password again, removes nothing.
\set ON_ERROR_STOP on
\set VERBOSITY terse
-- Passwords must not reach the server's log, not even in a failing statement.
set log_min_error_statement = 'panic';
set log_statement = 'none';
set log_min_duration_statement = -1;
\set roles `cat "$SMARTEROS_ROLES"`

select format('create role %I login', key)
  from json_object_keys(:'roles') as key
 where not exists (select from pg_roles where rolname = key) \gexec

select format('alter role %I with login password %L', key, value)
  from json_each_text(:'roles') \gexec

select format('create database %I owner %I', key, key)
  from json_object_keys(:'roles') as key
 where not exists (select from pg_database where datname = key) \gexec

select format('revoke connect on database %I from public', key)
  from json_object_keys(:'roles') as key \gexec
