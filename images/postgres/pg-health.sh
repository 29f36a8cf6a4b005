#!/bin/sh
# Healthy: accepts connections, is not in recovery, and the roles of this start are done.
set -eu
state=${SMARTEROS_STATE_DIR:-/run/smarteros-postgres}
socket=${SMARTEROS_SOCKET_DIR:-/var/run/postgresql}

pg_isready --quiet --host="$socket" || { echo "not accepting connections (starting, or restoring)"; exit 1; }
recovering=$(psql --host="$socket" --username=postgres --dbname=postgres --no-psqlrc --tuples-only --no-align \
  --command='select pg_is_in_recovery()')
[ "$recovering" = f ] || { echo "in recovery"; exit 1; }
[ -e "$state/roles-done" ] || { echo "roles and databases are not done yet"; exit 1; }
