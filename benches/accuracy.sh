#!/usr/bin/env bash
# The tables of docs/ACCURACY.md: benches/accuracy.sh [DIRECTORY [RESIDENTS [RECORDS]]]
# Five seeds, look-alikes at natural and at raised prevalence, both presets. A quarter of an hour on two cores, and 2 GB.
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-target/accuracy} residents=${2:-1000000} records=${3:-200000}
seeds='1 2 3 4 5' presets='guideline statistical' prevalences='natural oversampled'
cargo build --locked --release --quiet
himozuke=${CARGO_TARGET_DIR:-target}/release/himozuke
mkdir -p "$out"

for prevalence in $prevalences; do
    for seed in $seeds; do
        run=$out/$prevalence-$seed
        "$himozuke" synth --residents "$residents" --records "$records" --seed "$seed" --prevalence "$prevalence" \
            --out "$run/in" --force
        for preset in $presets; do
            "$himozuke" link --registry "$run/in/registry.csv" --records "$run/in/records.csv" --policy "$preset" \
                --as-of 2026-04-01 --out "$run/$preset" --force
        done
        rm "$run/in/registry.csv"
    done
done > "$out/log"

# One row of the table by seed; the overall figures come first in the JSON.
row() {
    local report=$1 title=$2
    figure() { grep -m1 "\"$1\":" "$report" | tr -dc 0-9.; }
    awk -v title="$title" -v right="$(figure linked_right)" -v wrong="$(figure linked_wrong)" \
        -v luck="$(figure linked_undecidable)" -v rate="$(figure wrong_per_million)" -v low="$(figure low)" \
        -v high="$(figure high)" -v recall="$(figure recall)" -v link="$(figure link_share)" \
        -v review="$(figure review_share)" -v none="$(figure no_match_share)" 'BEGIN {
            printf "| %s | %d | %d | %d | %.2f (%.2f to %.2f) | %.2f | %.2f | %.2f | %.2f |\n", title, \
                right + wrong + luck, wrong, luck, rate, low, high, \
                100 * recall, 100 * link, 100 * review, 100 * none }'
}

for prevalence in $prevalences; do
    printf '\n%s\n\n' "$prevalence"
    echo '| preset | seed | links | wrong | undecidable, wrong | wrong per million links (exact 95 %) | recall % | linked % | review % | no match % |'
    echo '|---|---|---:|---:|---:|---|---:|---:|---:|---:|'
    for preset in $presets; do
        pairs=()
        for seed in $seeds; do
            run=$out/$prevalence-$seed
            pair=(--truth "$run/in/truth.csv" --decisions "$run/$preset")
            pairs+=("${pair[@]}")
            "$himozuke" evaluate --json "${pair[@]}" > "$run/$preset.json"
            row "$run/$preset.json" "$preset | $seed"
        done
        "$himozuke" evaluate --json "${pairs[@]}" > "$out/$prevalence-$preset.json"
        "$himozuke" evaluate "${pairs[@]}" > "$out/$prevalence-$preset.txt"
        row "$out/$prevalence-$preset.json" "**$preset** | all"
    done
    printf '\n%s, by kind of record\n\n' "$prevalence"
    echo '| kind | records | guideline: linked % | review % | no match % | wrong | statistical: linked % | review % | no match % | wrong | undecidable, wrong |'
    echo '|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|'
    awk 'FNR == 1 { table = 0 }
        $1 == "kind" { table = 1; next }
        !table { next }
        { none = sprintf("%.1f", 100 * $9 / $2) }
        NR == FNR { first[$1] = sprintf("%s | %s | %s | %s", $11, $12, none, $4); next }
        { printf "| %s | %s | %s | %s | %s | %s | %s | %s |\n", $1, $2, first[$1], $11, $12, none, $4, $5 }' \
        "$out/$prevalence-guideline.txt" "$out/$prevalence-statistical.txt"
done
