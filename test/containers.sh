#!/usr/bin/env bash
# Runs the suites on the vendors' own servers, one server after the other: test/containers.sh [server …]
# A server that fails does not keep the next one from being tested. The end says which failed, and where the output is.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

compose=(docker compose --file test/compose.yaml)
servers=("$@")
if [ ${#servers[@]} -eq 0 ]; then
  # oracle-19 wants an account at Oracle's registry, so it is named by who has one
  servers=(postgresql mariadb mysql-8.0 mysql-8.4 mssql-2017 mssql-2019 mssql-2022 mssql-2025 oracle-23)
fi

# The engine as the tests name it, and its address as compose.yaml has it.
address_of() {
  case $1 in
    postgresql) echo 'postgresql postgresql://postgres:for-tests-only@127.0.0.1:55417/postgres' ;;
    mariadb) echo 'mariadb mariadb://root:for-tests-only@127.0.0.1:53311/' ;;
    mysql-8.0) echo 'mysql mysql://root:for-tests-only@127.0.0.1:53380/' ;;
    mysql-8.4) echo 'mysql mysql://root:for-tests-only@127.0.0.1:53384/' ;;
    mssql-2017 | mssql-2019 | mssql-2022 | mssql-2025) echo 'mssql mssql://sa:For-tests-0nly@127.0.0.1:51433/master?encrypt=true&trustServerCertificate=true' ;;
    oracle-19 | oracle-23) echo 'oracle oracle://system:for-tests-only@127.0.0.1:51521/FREEPDB1' ;;
    *) return 1 ;;
  esac
}

for server in "${servers[@]}"; do
  if ! address_of "$server" >/dev/null; then
    echo "There is no server $server. Known are those in test/compose.yaml." >&2
    exit 2
  fi
done

stop_all() { "${compose[@]}" down --volumes >/dev/null 2>&1; }
trap stop_all EXIT

output=${TMPDIR:-/tmp}/deepclean-servers
mkdir -p "$output"
failed=()
for server in "${servers[@]}"; do
  read -r engine url <<<"$(address_of "$server")"
  log=$output/$server.log
  echo "$server: starting"
  if ! "${compose[@]}" up --detach --wait "$server" >"$log" 2>&1; then
    "${compose[@]}" logs --tail 50 "$server" >>"$log" 2>&1
    failed+=("$server did not start: $log")
  elif ! env "DEEPCLEAN_TEST_${engine^^}_URL=$url" "REQUIRE_ENGINES=$engine" \
    npx vitest run --config test/vitest.config.ts --testNamePattern="\\b$engine\\b" \
    test/conformance test/contract test/fault test/operate test/schedule test/vendor 2>&1 | tee "$log"; then
    failed+=("$server: tests failed: $log")
  fi
  stop_all
done

if [ ${#failed[@]} -gt 0 ]; then
  printf '%s\n' "${failed[@]}" >&2
  exit 1
fi
echo "all passed: ${servers[*]}"
