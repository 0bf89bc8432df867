#!/usr/bin/env bash
# Accuracy on synthetic cities: benches/accuracy.sh [DIRECTORY [RESIDENTS [RECORDS]]]
#
# Makes cities, links their records, holds the answers against the truth and writes DIRECTORY/ACCURACY.md. Without
# arguments a small report in target/accuracy. The tables of docs/ACCURACY.md are made by
#
#     benches/accuracy.sh target/accuracy 300000 60000
#     PRESETS=guideline PREVALENCES=natural SEEDS='1 2 3 4 5 6 7 8 9 10' benches/accuracy.sh target/bar 1000000 480000
#     PROFILES='insurer web_form' PREVALENCES=natural SEEDS='1 2 3' benches/accuracy.sh target/profiles 300000 70000
#
# Registries and records are deleted as it goes; what stays are truth and answers, about 100 bytes a record. HIMOZUKE may name a
# command that is built already.
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-target/accuracy} residents=${2:-50000} records=${3:-10000}
seeds=${SEEDS:-1 2 3 4 5} presets=${PRESETS:-guideline statistical} prevalences=${PREVALENCES:-natural oversampled}
sources=()
for profile in ${PROFILES:-}; do sources+=(--profile "$profile"); done
if [ -z "${HIMOZUKE:-}" ]; then
    cargo build --locked --release --quiet
    HIMOZUKE=${CARGO_TARGET_DIR:-target}/release/himozuke
fi
mkdir -p "$out"

# Cities, and the answers for each preset.
for prevalence in $prevalences; do
    for seed in $seeds; do
        run=$out/$prevalence-$seed
        "$HIMOZUKE" synth --residents "$residents" --records "$records" --seed "$seed" --prevalence "$prevalence" \
            "${sources[@]}" --out "$run/in" --force
        for preset in $presets; do
            "$HIMOZUKE" link --registry "$run/in/registry.csv" --records "$run/in/records.csv" --policy "$preset" \
                --as-of 2026-04-01 --out "$run/$preset" --force
        done
        rm "$run/in/registry.csv" "$run/in/records.csv"
    done
done > "$out/log"

# One row of a table; the overall figures come first in the JSON.
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

# By seed and of all seeds.
tables() {
    echo "# Accuracy: $residents residents, $records records, seeds $seeds"
    for prevalence in $prevalences; do
        printf '\n## %s\n\n' "$prevalence"
        echo '| preset | seed | links | wrong | undecidable, wrong | wrong per million links (exact 95 %) | recall % | linked % | review % | no match % |'
        echo '|---|---|---:|---:|---:|---|---:|---:|---:|---:|'
        for preset in $presets; do
            pairs=()
            for seed in $seeds; do
                run=$out/$prevalence-$seed
                pair=(--truth "$run/in/truth.csv" --decisions "$run/$preset")
                pairs+=("${pair[@]}")
                "$HIMOZUKE" evaluate --json "${pair[@]}" > "$run/$preset.json"
                row "$run/$preset.json" "$preset | $seed"
            done
            "$HIMOZUKE" evaluate --json "${pairs[@]}" > "$out/$prevalence-$preset.json"
            "$HIMOZUKE" evaluate "${pairs[@]}" > "$out/$prevalence-$preset.txt"
            row "$out/$prevalence-$preset.json" "**$preset** | all"
        done
        by kind 'kind of record'
        by profile source
    done
}

# By the rows of one table that `evaluate` prints, the presets beside each other.
by() {
    local of=$1 title=$2 files=()
    for preset in $presets; do files+=("$out/$prevalence-$preset.txt"); done
    grep -q "^$of " "${files[0]}" || return 0
    printf '\n### %s, by %s\n\n| %s | records |' "$prevalence" "$title" "$of"
    for preset in $presets; do printf ' %s: linked %% | review %% | no match %% | wrong | undecidable, wrong |' "$preset"; done
    printf '\n|---|---:|'
    for preset in $presets; do printf -- '---:|---:|---:|---:|---:|'; done
    awk -v of="$of" 'FNR == 1 { table = 0 }
        $1 == of { table = 1; next }
        !NF { table = 0 }
        !table { next }
        { if (!($1 in cells)) { order[++rows] = $1; cells[$1] = "| " $1 " | " $2 " |" }
          cells[$1] = cells[$1] sprintf(" %s | %s | %.1f | %s | %s |", $11, $12, 100 * $9 / $2, $4, $5) }
        END { print ""; for (n = 1; n <= rows; n++) print cells[order[n]] }' "${files[@]}"
}

tables | tee "$out/ACCURACY.md"
