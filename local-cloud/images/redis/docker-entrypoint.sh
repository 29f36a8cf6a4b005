#!/bin/sh
# As the real image's: options alone mean redis-server; root gives /data to redis and steps down.
set -e
case "$1" in -* | *.conf) set -- redis-server "$@" ;; esac
# The real image is compiled with protected mode off, for its network is the container's.
if [ "$1" = redis-server ]; then
  case " $* " in *" --protected-mode "*) ;; *) set -- "$@" --protected-mode no ;; esac
  if [ "$(id -u)" = 0 ]; then
    find . \! -user redis -exec chown redis '{}' +
    exec setpriv --reuid=redis --regid=redis --init-groups "$@"
  fi
fi
exec "$@"
