#!/usr/bin/env bash
# Kills a large run at random moments, goes on with each, and holds every result to the bytes of a run that nobody
# disturbed: benches/kills.sh [DIRECTORY [RESIDENTS [RECORDS [KILLS [SEED]]]]]
# A quarter of an hour on two cores for the defaults, and 1 GB. Fails at the first byte that differs.
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-target/kills} residents=${2:-1000000} records=${3:-200000} kills=${4:-50} RANDOM=${5:-7}
if [ -z "${HIMOZUKE:-}" ]; then
    cargo build --locked --release --quiet
    HIMOZUKE=${CARGO_TARGET_DIR:-target}/release/himozuke
fi
mkdir -p "$out"
[ -f "$out/in/records.csv" ] || "$HIMOZUKE" synth --residents "$residents" --records "$records" --seed 12 --prevalence natural \
    --out "$out/in"

job=(link --registry "$out/in/registry.csv" --records "$out/in/records.csv" --as-of 2026-04-01)
now() { date +%s%3N; }
begun=$(now)
"$HIMOZUKE" "${job[@]}" --out "$out/whole" --force > "$out/told"
whole=$(($(now) - begun))
read -r expected < "$out/told"
registry=$(awk '/"registry": [0-9.]+,/ { printf "%d", $2 * 1000 }' "$out/whole/run.json")

# What must not differ: all but the clock, the random handles and what is sealed with both.
results() { (cd "$1" && find . -type f ! -name run.json ! -name decisions.log ! -name handles.csv | sort); }
# Every record in one file, once: read from the files, not from what the run says of itself.
records_of() { for file in links review no_match; do tail -n +2 "$1/$file.csv" | cut -d, -f1 | uniq; done; tail -n +2 "$1/rejected.csv" | cut -d, -f2; }

killed=0 early=0 late=0 kept=0 missed=0
while [ "$killed" -lt "$kills" ]; do
    rm -rf "$out/killed"
    # Every other one after the first decision: the first half of a run reads the registry, and leaves nothing to go on with.
    moment=$(((RANDOM * 32768 + RANDOM) % whole))
    if [ $((killed % 2)) -eq 1 ]; then moment=$((registry + moment * (whole - registry) / whole)); fi
    # A process of its own: whatever else runs here is left alone.
    "$HIMOZUKE" "${job[@]}" --out "$out/killed" --resume > "$out/first" 2> "$out/error" &
    run=$! wait_for=$moment
    # From there on moments are counted from the first decision, for a run may be slower than the one that was timed.
    if [ "$moment" -gt "$registry" ]; then
        until [ -s "$out/killed/.himozuke-work/decided" ] || ! kill -0 "$run" 2> /dev/null; do sleep 0.01; done
        wait_for=$((moment - registry))
    fi
    sleep "$(printf '%d.%03d' $((wait_for / 1000)) $((wait_for % 1000)))"
    kill -9 "$run" 2> /dev/null || true
    status=0
    wait "$run" 2> /dev/null || status=$?
    if [ "$status" -ne 137 ]; then # it was done sooner than the one that was timed
        missed=$((missed + 1))
        continue
    fi
    killed=$((killed + 1))
    if [ -f "$out/killed/run.json" ]; then
        late=$((late + 1)) # killed between its last file and its end: whole, and held to be
    else
        # Nothing has a name that looks like a result before all have.
        if [ ! -d "$out/killed/.himozuke-work" ]; then early=$((early + 1)); fi
        "$HIMOZUKE" "${job[@]}" --out "$out/killed" --resume > "$out/second"
        head -n 1 "$out/second" | grep -qxF "$expected"
        if grep -q '^gone on after' "$out/second"; then kept=$((kept + 1)); fi
        [ "$(ls -A "$out/killed")" = "$(ls -A "$out/whole")" ]
    fi
    results "$out/whole" | while read -r file; do cmp "$out/whole/$file" "$out/killed/$file"; done
    "$HIMOZUKE" audit verify "$out/killed" > "$out/audit"
    printf '%d: killed after %d ms of %d, same bytes\n' "$killed" "$moment" "$whole"
done
[ "$(records_of "$out/killed" | sort | uniq | wc -l)" -eq "$records" ]
[ "$(records_of "$out/killed" | wc -l)" -eq "$records" ]
echo "$expected"
echo "$killed kills at random moments of a run of $whole ms: $kept went on with what was decided, $early had written nothing," \
    "$late were whole, the others began again; $missed runs ended before their kill and were not counted. All results the same bytes."
