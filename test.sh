#!/usr/bin/env bash
# Everything that must hold before a change is good: the build without warnings, the layout of the sources, every test suite, seeds of
# the simulation, and a short run of the load tool against a real server. The last line sums up; the exit code is 0 only if nothing failed.
#
#   ./test.sh            all of it
#   ./test.sh Unit       one suite, by the name of its folder in tests/
set -uo pipefail
cd "$(dirname "$0")"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 TESTINGPLATFORM_TELEMETRY_OPTOUT=1

readonly CONFIGURATION=Release
readonly SUITE_TIMEOUT=900 # Seconds; a suite that hangs is a failure like any other.
readonly SIMULATION_SEEDS="${BAYOU_SIMULATION_SEEDS:-300}"
readonly SIMULATION_TIMEOUT=600
readonly ONLY="${1:-}"
WORK=$(mktemp -d)
readonly WORK
passed=0 failed=0 skipped=0
server_pid=

cleanup() {
  if [[ -n "$server_pid" ]]; then kill "$server_pid" 2>/dev/null; wait "$server_pid" 2>/dev/null; fi
  rm -rf "$WORK"
}
trap cleanup EXIT

say() { printf '\n== %s\n' "$*"; }

finish() {
  say "All in ${SECONDS} s"
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  exit "$((failed > 0))"
}

# stage <name> <command...>: one check that passes or fails as a whole.
stage() {
  local name=$1 start=$SECONDS
  shift
  say "$name"
  if "$@"; then
    passed=$((passed + 1))
    printf '%s: passed in %d s\n' "$name" "$((SECONDS - start))"
  else
    failed=$((failed + 1))
    printf '%s: FAILED after %d s\n' "$name" "$((SECONDS - start))"
    return 1
  fi
}

has() { [[ -x "$(PATH="$PATH:/usr/sbin:/sbin" command -v "$1")" ]]; }

# Programs that some suites compare with or look through; where they cannot be had, those tests are skipped and say so.
install_programs() {
  local program missing=()
  for program in nats-server strace gcc; do has "$program" || missing+=("$program"); done
  has ip || missing+=(iproute2)
  has faketime || missing+=(faketime)
  [[ -e /usr/include/nats/nats.h ]] || missing+=(libnats-dev)
  [[ -e /usr/include/fuse3/fuse.h ]] || missing+=(fuse3 libfuse3-dev)
  [[ -z "$(lock_files)" ]] || has npm || missing+=(npm)
  ((${#missing[@]})) || return 0
  if [[ $EUID -eq 0 ]] && has apt-get; then
    say "Installing ${missing[*]}"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >/dev/null && return 0
  fi
  printf 'Missing: %s. Install them, or the tests that need them are skipped.\n' "${missing[*]}"
}

lock_files() { find tests bench -name package-lock.json -not -path '*/node_modules/*' | sort; }

install_node_packages() {
  local lock_file
  while read -r lock_file; do
    (cd "$(dirname "$lock_file")" && npm ci --no-audit --no-fund --loglevel=error) || return 1
  done < <(lock_files)
}

# The value of an attribute of the report's root elements, summed up.
sum_of() { grep -o "<assembly [^>]*" "$2" | grep -o " $1=\"[0-9]*\"" | tr -dc '0-9\n' | awk '{ sum += $1 } END { print sum + 0 }'; }

# A suite counts by its report. Without one the program crashed or hung, whatever it printed before.
run_suite() {
  local project=$1 name report start=$SECONDS status ok bad
  name=$(basename "$(dirname "$project")")
  report="$WORK/$name.xml"
  say "$name"
  timeout --kill-after=10 "$SUITE_TIMEOUT" dotnet run --project "$project" -c "$CONFIGURATION" --no-build -- \
    -noColor -noLogo -result-xml "$report"
  status=$?
  if [[ ! -s "$report" ]]; then
    failed=$((failed + 1))
    printf '%s: FAILED: no report, exit code %d after %d s\n' "$name" "$status" "$((SECONDS - start))"
    return
  fi
  ok=$(sum_of passed "$report")
  bad=$(($(sum_of failed "$report") + $(sum_of errors "$report")))
  # A program that says it failed did, even if every test in its report passed.
  ((status != 0 && bad == 0)) && bad=1
  passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + $(sum_of skipped "$report")))
  printf '%s: %d passed, %d failed in %d s\n' "$name" "$ok" "$bad" "$((SECONDS - start))"
}

run_suites() {
  local project
  for project in tests/Unit/Unit.csproj $(find tests -mindepth 2 -maxdepth 2 -name '*.csproj' -not -path 'tests/Unit/*' | sort); do
    grep -q '<OutputType>Exe' "$project" || continue
    [[ -z "$ONLY" || "$(basename "$(dirname "$project")")" == "$ONLY" ]] && run_suite "$project"
  done
}

# Whole clusters on virtual machines, a run for each seed. Fails if a run does, or if something that runs are there for never happened.
simulate() {
  timeout --kill-after=10 "$SIMULATION_TIMEOUT" \
    dotnet run --project tests/Simulation -c "$CONFIGURATION" --no-build -- run --seeds "$SIMULATION_SEEDS"
}

# Starts a server of its own on free ports and waits until it serves.
start_server() {
  local log="$WORK/server.log" attempt
  Silo/bin/$CONFIGURATION/net10.0/bayou -a 127.0.0.1 -p -1 -dir "$WORK/data" -l "$log" >"$WORK/server.out" 2>&1 &
  server_pid=$!
  for ((attempt = 0; attempt < 300; attempt++)); do
    server_port=$(sed -n 's/.*Listening for client connections on .*:\([0-9]*\)$/\1/p' "$log" 2>/dev/null)
    [[ -n "$server_port" ]] && grep -qs 'Streaming Server is ready' "$log" && return 0
    kill -0 "$server_pid" 2>/dev/null || break
    sleep 0.1
  done
  cat "$WORK/server.out" "$log"
  return 1
}

load() { bench/Load/bin/$CONFIGURATION/net10.0/bayou-load "$@" --server "nats://127.0.0.1:$server_port" --messages 5000 --size 64; }

if [[ -z "$ONLY" || "$ONLY" == Conformance || "$ONLY" == Process || "$ONLY" == Cluster ]]; then
  install_programs
  if [[ -n "$(lock_files)" ]] && has npm; then stage "Node packages" install_node_packages; fi
fi
stage "Build" dotnet build Solution.sln -c "$CONFIGURATION" -warnaserror -v quiet || finish
[[ -n "$ONLY" ]] || stage "Layout" dotnet format whitespace Solution.sln --verify-no-changes --no-restore
run_suites
[[ -n "$ONLY" && "$ONLY" != Simulation ]] || stage "Simulation: $SIMULATION_SEEDS seeds" simulate
if [[ -z "$ONLY" ]]; then
  if stage "Server for the load tool" start_server; then
    for scenario in pub pubsub request stan-pub stan-consume stan-replay; do stage "Load: $scenario" load "$scenario"; done
  fi
fi
finish
