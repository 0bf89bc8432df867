#!/usr/bin/env bash
# A line of 1 GB in the registry, in the records, in both, and as the header: benches/giant_line.sh [DIRECTORY [BYTES]]
# Peak memory of each run beside that of the run without it. Needs GNU time, and three times the bytes on disk.
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-target/giant} bytes=${2:-1000000000}
if [ -z "${HIMOZUKE:-}" ]; then
    cargo build --locked --release --quiet
    HIMOZUKE=${CARGO_TARGET_DIR:-target}/release/himozuke
fi
mkdir -p "$out"
"$HIMOZUKE" synth --residents 100000 --records 20000 --seed 3 --out "$out/in" --force > "$out/told"

giant() { head -c "$bytes" /dev/zero | tr '\0' "$1"; }
# The line stands in the middle of the file, with the cells before the giant one, and a row behind it.
within() { sed -n '1,5000p' "$1"; printf 'X1,'; giant "$2"; echo; sed -n '5001,$p' "$1"; }
run() {
    local title=$1 registry=$2 records=$3 status=0
    /usr/bin/time -f '%M KiB, %U s user, %e s' -o "$out/time" "$HIMOZUKE" link --registry "$registry" --records "$records" \
        --as-of 2026-04-01 --out "$out/out" --force > "$out/told" 2> "$out/error" || status=$?
    printf '%s: status %s, %s\n' "$title" "$status" "$(tail -n 1 "$out/time")"
    head -n 1 "$out/told" "$out/error" | grep -v '^==>' | grep . || true
    grep -h row_too_long "$out/out/rejected.csv" "$out/out/registry_problems.csv" 2> /dev/null || true
    grep -h unclosed_quote "$out/out/rejected.csv" "$out/out/registry_problems.csv" 2> /dev/null || true
}

run 'without it' "$out/in/registry.csv" "$out/in/records.csv"
within "$out/in/registry.csv" x > "$out/registry.csv"
run 'in the registry' "$out/registry.csv" "$out/in/records.csv"
within "$out/in/records.csv" x > "$out/records.csv"
run 'in the records' "$out/in/registry.csv" "$out/records.csv"
run 'in both' "$out/registry.csv" "$out/records.csv"
rm "$out/registry.csv"
within "$out/in/records.csv" '"' > "$out/records.csv"
run 'of quotes, in the records' "$out/in/registry.csv" "$out/records.csv"
within "$out/in/records.csv" ',' > "$out/records.csv"
run 'of commas, in the records' "$out/in/registry.csv" "$out/records.csv"
{ giant x; echo; cat "$out/in/records.csv"; } > "$out/records.csv"
rm -rf "$out/out"
run 'as the header' "$out/in/registry.csv" "$out/records.csv"
gzip -1 -f "$out/records.csv"
run 'as the header, packed' "$out/in/registry.csv" "$out/records.csv.gz"
rm -rf "$out/records.csv.gz" "$out/out"
