#!/usr/bin/env bash
# Provides what npm cannot bring: MariaDB, Galera, PostgreSQL with pg_cron, and Chromium to look at pages, as Debian packages (root only),
# and MySQL, which Debian carries only in sid, unpacked into a folder of its own (no root, nothing of the system changed).
# What cannot be provided is said in one line; that is no failure, the tests name later what they could not run.
# usage: provision.sh     DEEPCLEAN_ENGINES_DIR: default .engines in the repository
set -euo pipefail

repository=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../../.." && pwd)
engines=${DEEPCLEAN_ENGINES_DIR:-$repository/.engines}
mkdir -p "$engines"
engines=$(cd -- "$engines" && pwd)
log=$engines/provision.log
: > "$log"

say() { printf '%s\n' "$*"; }

# Runs a step that may fail, stopping it at its first failure; the outcome is in $status. Not `if step`, because inside a
# condition set -e does not count.
attempt() {
  set +e
  (set -e; "$@") >> "$log" 2>&1
  status=$?
  set -e
}

# Servers live in sbin, which an ordinary user's PATH lacks.
PATH=$PATH:/usr/local/sbin:/usr/sbin

have_mariadb() { command -v mariadbd && command -v mariadb; } > /dev/null 2>&1
have_postgresql_cron() {
  local module
  for module in /usr/lib/postgresql/*/lib/pg_cron.so; do
    [ -e "$module" ] && [ -x "${module%/lib/pg_cron.so}/bin/postgres" ] && [ -x "${module%/lib/pg_cron.so}/bin/psql" ] && return 0
  done
  return 1
}
have_openssl() { command -v openssl > /dev/null; }
have_galera() { [ -e /usr/lib/galera/libgalera_smm.so ] && command -v rsync > /dev/null; }
have_chromium() { command -v chromium > /dev/null; }
have_zones() { [ -e /usr/share/zoneinfo/Europe/Berlin ]; }
have_mysql() { [ -x "$engines/mysql/mysqld" ] && "$engines/mysql/mysqld" --no-defaults --version; } >> "$log" 2>&1

is_debian() { (. /etc/os-release && [ "${ID-}" = debian ]) 2> /dev/null; }

# --- packages of this release ---------------------------------------------------------------------------------------

restore_policy=:
# Installing a server must not start one on the default port: this file is how Debian lets an administrator say so.
forbid_service_starts() {
  local policy=/usr/sbin/policy-rc.d
  if [ -x "$policy" ] && { "$policy" mariadb start; [ $? = 101 ]; } > /dev/null 2>&1; then return; fi
  if [ -e "$policy" ]; then
    mv "$policy" "$policy.before-deepclean"
    restore_policy="mv $policy.before-deepclean $policy"
  else
    restore_policy="rm -f $policy"
  fi
  printf '#!/bin/sh\nexit 101\n' > "$policy"
  chmod 755 "$policy"
}

# The name carries the major version of the release: postgresql-15-cron in one, postgresql-17-cron in the next.
cron_package() {
  apt-cache search --names-only '^postgresql-[0-9]+-cron$' | cut -d ' ' -f 1 | sort -t - -k 2 -n | tail -n 1
}

install_packages() {
  local packages=() cron
  apt-get -q update || true
  have_mariadb || packages+=(mariadb-server mariadb-client)
  have_galera || packages+=(galera-4 rsync)
  have_zones || packages+=(tzdata)
  have_openssl || packages+=(openssl)
  have_chromium || packages+=(chromium)
  if ! have_postgresql_cron; then
    cron=$(cron_package)
    [ -z "$cron" ] || packages+=("${cron%-cron}" "$cron")
  fi
  [ ${#packages[@]} -gt 0 ] || return 0
  forbid_service_starts
  trap '$restore_policy' EXIT
  DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "${packages[@]}"
}

provide_packages() {
  if have_mariadb && have_galera && have_postgresql_cron && have_zones && have_openssl && have_chromium; then return; fi
  local reason="not installed, and only root on Debian can install it here"
  if is_debian && [ "$(id -u)" = 0 ]; then
    attempt install_packages
    reason="could not be installed; see $log"
  fi
  have_mariadb || say "MariaDB: $reason"
  have_galera || say "Galera: $reason"
  have_postgresql_cron || say "PostgreSQL with pg_cron: $reason"
  have_chromium || say "Chromium: $reason"
}

# --- MySQL from sid -------------------------------------------------------------------------------------------------

# Everything apt knows lives in $work: an empty system, one source, its own cache. So apt resolves the whole closure,
# down to libc, and touches nothing of this machine.
reach_sid() {
  local archive
  # The archive this machine already uses, whatever mirror that is; the one for security carries no sid.
  archive=$(apt-get indextargets --format '$(REPO_URI)' | grep -v security | head -n 1)
  mkdir -p "$work"/state/lists/partial "$work"/cache/archives/partial "$work/none"
  : > "$work/status"
  printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg arch=%s] %s sid main\n' \
    "$(dpkg --print-architecture)" "$archive" > "$work/sources.list"
  sid_apt update
}

sid_apt() {
  apt-get -q -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts="$work/none" \
    -o Dir::Etc::preferences="$work/none/none" -o Dir::Etc::preferencesparts="$work/none" \
    -o Dir::State="$work/state" -o Dir::State::lists="$work/state/lists" -o Dir::State::status="$work/status" \
    -o Dir::Cache="$work/cache" -o Acquire::Languages=none -o Acquire::Retries=3 \
    -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 \
    -o APT::Sandbox::User=root -o Debug::NoLocking=1 -o APT::Update::Error-Mode=any "$@"
}

unpack_packages() { # FOLDER
  local package
  for package in "$work"/cache/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar -x --no-same-owner -C "$1" \
      --exclude='./usr/share/doc' --exclude='./usr/share/man' --exclude='./usr/share/locale' --exclude='./etc' --exclude='./usr/lib/systemd'
  done
  # Only what the wrappers below start; the rest is a third of the size.
  find "$1/usr/bin" -mindepth 1 ! -name mysql ! -name mysqladmin ! -name mysqldump ! -name mysql_tzinfo_to_sql -delete
}

# A wrapper starts a program through the loader and the libraries of its own folder: sid's libc is newer than this
# machine's. It finds them beside itself, so the folder may be moved.
write_wrapper() { # FOLDER NAME PROGRAM [OPTIONS]
  cat > "$1/$2" <<WRAPPER
#!/bin/sh
root=\$(dirname -- "\$(readlink -f -- "\$0")")/root
libraries=\$root/usr/lib/$triple
exec "\$libraries/$loader" --argv0 "\$root/$3" --library-path "\$libraries:\$root/usr/lib/mysql/private" "\$root/$3" "\$@" ${4-}
WRAPPER
  chmod 755 "$1/$2"
}

unpack_mysql() {
  local packages new=$engines/mysql.new program
  # Perl is wanted by two scripts that are not kept.
  packages=$(sid_apt -s --no-install-recommends install mysql-server-core mysql-client-core |
    awk '/^Inst /{print $2}' | grep -vE '^(perl|perl-base|perl-modules-.*|libperl.*|libgdbm.*|libdb5\.3.*)$')
  # shellcheck disable=SC2086  # a list of package names
  (cd "$work/cache/archives" && sid_apt download $packages)
  rm -rf "$new"
  mkdir -p "$new/root"
  unpack_packages "$new/root"
  # shellcheck disable=SC2016  # $root belongs to the wrapper
  write_wrapper "$new" mysqld usr/sbin/mysqld '--basedir="$root/usr" --lc-messages-dir="$root/usr/share/mysql" --character-sets-dir="$root/usr/share/mysql/charsets" --plugin-dir="$root/usr/lib/mysql/plugin"'
  for program in mysql mysqladmin mysqldump mysql_tzinfo_to_sql; do
    [ ! -e "$new/root/usr/bin/$program" ] || write_wrapper "$new" "$program" "usr/bin/$program"
  done
  "$new/mysqld" --no-defaults --version
  # Renamed only when it works, so that an interrupted run leaves nothing that looks complete.
  rm -rf "$engines/mysql"
  mv "$new" "$engines/mysql"
}

provide_mysql() {
  if have_mysql; then return; fi
  if ! is_debian; then
    say "MySQL: can be unpacked on Debian only; going on without it"
    return
  fi
  case $(dpkg --print-architecture) in
    amd64) triple=x86_64-linux-gnu loader=ld-linux-x86-64.so.2 ;;
    arm64) triple=aarch64-linux-gnu loader=ld-linux-aarch64.so.1 ;;
    *)
      say "MySQL: Debian has no package for this architecture; going on without it"
      return
      ;;
  esac
  work=$(mktemp -d)
  attempt reach_sid
  if [ "$status" != 0 ]; then
    say "MySQL: Debian sid cannot be reached; going on without MySQL"
  else
    attempt unpack_mysql
    [ "$status" = 0 ] || say "MySQL: could not be unpacked; going on without MySQL; see $log"
  fi
  rm -rf "$work"
}

provide_packages
provide_mysql
