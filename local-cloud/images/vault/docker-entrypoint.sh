#!/bin/sh
# As the real image's: a subcommand alone means vault; root gives the folders to vault (SKIP_CHOWN: not) and steps down.
# The real one also grants IPC_LOCK to the program; here `disable_mlock` in the configuration is required.
set -e
case "$1" in
  server) shift; set -- vault server -config=/vault/config "$@" ;;
  version | status | operator | kv | login | -*) set -- vault "$@" ;;
esac
if [ "$1" = vault ] && [ "$(id -u)" = 0 ]; then
  for folder in /vault/config /vault/logs /vault/file; do
    [ -n "$SKIP_CHOWN" ] || [ "$(stat -c %u "$folder")" = 100 ] || chown -R vault:vault "$folder" ||
      echo "could not give $folder to vault (is it mounted read-only?)" >&2
  done
  export HOME=/home/vault
  exec setpriv --reuid=vault --regid=vault --init-groups "$@"
fi
exec "$@"
