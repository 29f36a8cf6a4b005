#!/bin/sh
# Starts PostgreSQL on the mounted data folder, and makes roles and databases once recovery has ended.
#
# Environment (each has a default, in brackets):
#   SMARTEROS_EXPECT_RESTORED         a restore's id: start only on the data that this restore brought back [unset]
#   SMARTEROS_ARCHIVE_TIMEOUT_SECONDS a WAL segment is archived at least this often, in seconds [60]
#   SMARTEROS_SHARED_BUFFERS, SMARTEROS_EFFECTIVE_CACHE_SIZE, SMARTEROS_WORK_MEM, SMARTEROS_MAINTENANCE_WORK_MEM,
#   SMARTEROS_MAX_WAL_SIZE, SMARTEROS_MAX_CONNECTIONS                                    [for a VPS of 4 GB]
#   SMARTEROS_LISTEN_ADDRESSES [*; empty: the socket alone]  SMARTEROS_PORT [5432]
#   SMARTEROS_READ_ONLY               on: transactions only read, unless a session says otherwise [off]
#   SMARTEROS_HOLD_WAL                archive nothing: WAL waits in the data folder for the next start [unset]
#   PGDATA, SMARTEROS_SOCKET_DIR, SMARTEROS_CONF_DIR, SMARTEROS_STATE_DIR, SMARTEROS_ROLES, SMARTEROS_ROLES_SQL,
#   SMARTEROS_PGBACKREST_CONF        places [those of the image]
# Exit codes: 64 the data folder is not what was asked for, 65 roles failed, 66 a folder cannot be written,
# else PostgreSQL's own.
set -eu
umask 077

PGDATA=${PGDATA:-/var/lib/postgresql/data/pgdata}
data=$(dirname "$PGDATA")
socket=${SMARTEROS_SOCKET_DIR:-/var/run/postgresql}
conf=${SMARTEROS_CONF_DIR:-/etc/smarteros-postgres}
state=${SMARTEROS_STATE_DIR:-/run/smarteros-postgres}
port=${SMARTEROS_PORT:-5432}
SMARTEROS_ROLES=${SMARTEROS_ROLES:-/run/secrets/roles.json}
roles_sql=${SMARTEROS_ROLES_SQL:-/usr/local/share/smarteros/roles.sql}
pgbackrest_conf=${SMARTEROS_PGBACKREST_CONF:-/etc/pgbackrest/pgbackrest.conf}
marker=$data/.smarteros-restored.json
export PGDATA SMARTEROS_ROLES

say() { echo "smarteros-postgres: $*" >&2; }
fail() { code=$1; shift; say "$*"; exit "$code"; }

require_writable() {
  for folder in "$data" "$socket" "$conf" "$state"; do
    [ -w "$folder" ] || fail 66 "$folder cannot be written by uid $(id -u); fix: chown 999:999 it on the host"
  done
}

# A recovery must never run on an empty or a wrong data folder: that would look like a working, empty business.
require_restored() {
  expected=$1
  fix="fix: run the restore of this id first (\`pulumi up\` does), or unset SMARTEROS_EXPECT_RESTORED for a site that begins empty"
  [ -f "$marker" ] || fail 64 "restore $expected is expected, but $marker is not there: nothing was restored here; $fix"
  found=$(sed -n 's/.*"restoreId": *"\([^"]*\)".*/\1/p' "$marker")
  [ "$found" = "$expected" ] || fail 64 "restore $expected is expected, but $data holds restore '$found'; $fix"
  [ -f "$PGDATA/PG_VERSION" ] || fail 64 "$marker is there, but $PGDATA holds no cluster; $fix"
}

# initdb works beside PGDATA and is moved in when done: a start that was cut off half-way leaves no half cluster.
initialise() {
  say "initialising an empty cluster in $PGDATA"
  rm -rf "$PGDATA.new"
  initdb --pgdata="$PGDATA.new" --username=postgres --encoding=UTF8 --locale=C.UTF-8 --data-checksums \
    --auth-local=peer --auth-host=scram-sha-256 >/dev/null
  [ ! -d "$PGDATA" ] || rmdir "$PGDATA"
  mv "$PGDATA.new" "$PGDATA"
}

# Configuration lives outside PGDATA, so a restored cluster runs with this site's settings, not with those it was backed up with.
configure() {
  cat > "$conf/postgresql.conf" <<CONF
data_directory = '$PGDATA'
hba_file = '$conf/pg_hba.conf'
ident_file = '$conf/pg_ident.conf'
listen_addresses = '${SMARTEROS_LISTEN_ADDRESSES-*}'
port = $port
unix_socket_directories = '$socket'
password_encryption = 'scram-sha-256'

wal_level = 'replica'
archive_timeout = ${SMARTEROS_ARCHIVE_TIMEOUT_SECONDS:-60}
# Nobody reads a database that is only half recovered.
hot_standby = off

max_connections = ${SMARTEROS_MAX_CONNECTIONS:-200}
shared_buffers = '${SMARTEROS_SHARED_BUFFERS:-256MB}'
effective_cache_size = '${SMARTEROS_EFFECTIVE_CACHE_SIZE:-1GB}'
work_mem = '${SMARTEROS_WORK_MEM:-8MB}'
maintenance_work_mem = '${SMARTEROS_MAINTENANCE_WORK_MEM:-64MB}'
max_wal_size = '${SMARTEROS_MAX_WAL_SIZE:-1GB}'
wal_compression = on

timezone = 'UTC'
log_timezone = 'UTC'
default_transaction_read_only = ${SMARTEROS_READ_ONLY:-off}
log_destination = 'stderr'
logging_collector = off
CONF
  cat > "$conf/pg_hba.conf" <<HBA
local all postgres peer map=operators
local all all scram-sha-256
host  all all all scram-sha-256
HBA
  # The backup agent is root in its own container, and shares nothing but the socket's folder.
  cat > "$conf/pg_ident.conf" <<IDENT
operators postgres postgres
operators root     postgres
IDENT
}

# Ends when the server takes connections and recovery is over; fails when the server has ended.
# There is no deadline: how long a recovery replays is the amount of WAL, and the health check tells the waiting.
wait_until_recovered() {
  until pg_isready --quiet --host="$socket" --port="$port" && [ "$(sql --command='select pg_is_in_recovery()')" = f ]; do
    kill -0 "$server" 2>/dev/null || return 1
    sleep 0.1
  done
}

sql() {
  psql --host="$socket" --port="$port" --username=postgres --dbname=postgres --no-psqlrc --quiet --tuples-only --no-align "$@"
}

stop() { kill -INT "$server" 2>/dev/null || true; } # SIGINT: PostgreSQL's fast shutdown; gone already is fine

# wait is cut short by a trapped signal: then wait again.
wait_for_server() {
  while :; do
    code=0
    wait "$server" || code=$?
    kill -0 "$server" 2>/dev/null || exit "$code"
  done
}

require_writable
rm -f "$state/roles-done"
if [ -n "${SMARTEROS_EXPECT_RESTORED:-}" ]; then
  require_restored "$SMARTEROS_EXPECT_RESTORED"
elif [ ! -f "$PGDATA/PG_VERSION" ]; then
  [ ! -d "$PGDATA" ] || [ -z "$(ls -A "$PGDATA")" ] ||
    fail 64 "$PGDATA is not empty and holds no cluster (no PG_VERSION); fix: move what is in it away, or mount the right folder"
  [ ! -e "$data/.smarteros-restoring.json" ] ||
    fail 64 "$data holds a restore that has not ended; fix: let that restore end, and set SMARTEROS_EXPECT_RESTORED to its id"
  initialise
fi
configure

# On the command line, which outranks postgresql.auto.conf: a setting that was backed up must never archive to the old generation.
archive="pgbackrest --config=$pgbackrest_conf --stanza=main archive-push %p"
[ -z "${SMARTEROS_HOLD_WAL:-}" ] || archive=
postgres --config-file="$conf/postgresql.conf" -c archive_mode=on -c archive_command="$archive" &
server=$!
trap stop TERM INT

wait_until_recovered || wait_for_server
if [ -f "$SMARTEROS_ROLES" ]; then
  sql --file="$roles_sql" >/dev/null || {
    say "roles and databases of $SMARTEROS_ROLES could not be made (reason above); fix: it must be {\"name\": \"password\", ...}"
    stop
    wait "$server" || true # its own code does not matter: 65 says why it was stopped
    exit 65
  }
else
  say "no $SMARTEROS_ROLES: no roles are made"
fi
: > "$state/roles-done"
say "ready"
wait_for_server
