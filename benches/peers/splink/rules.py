"""The exact rules by which people were linked to strangers in 2023, on what `himozuke synth` wrote.

    python rules.py --data DIR [--data DIR ...]

Cleans both files as for Splink, links a record if exactly one resident agrees in all attributes of the rule (and, as it was often
done, to the first of several), and counts against the truth; those that nobody can decide are counted apart.
"""

import argparse
import os
from collections import defaultdict

import curve
import prepare

RULES = {
    "birth date": ["birth_date"],
    "kana, birth date": ["full_kana", "birth_date"],
    "kana, birth date, sex": ["full_kana", "birth_date", "sex"],
    "kanji, birth date": ["full_kanji", "birth_date"],
    "kanji, kana, birth date, sex": ["full_kanji", "full_kana", "birth_date", "sex"],
    "kanji, birth date, sex, address": ["full_kanji", "birth_date", "sex", "block"],
}



def linked(rule, residents, records, first):
    """Record and person wherever the rule finds exactly one resident, or any."""
    index = defaultdict(list)
    for row in residents:
        index[tuple(row[name] for name in rule)].append(row["unique_id"])
    for row in records:
        key = tuple(row[name] for name in rule)
        found = index.get(key, []) if all(key) else []
        if len(found) == 1 or (first and found):
            yield row["unique_id"], min(found)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", action="append", required=True)
    arguments = parser.parse_args()
    counts = defaultdict(lambda: [0, 0, 0])
    registered = 0
    for data in arguments.data:
        registry, splitters = prepare.table(os.path.join(data, "registry.csv"))
        records, _ = prepare.table(os.path.join(data, "records.csv"), splitters)
        truth = curve.truth(os.path.join(data, "truth.csv"))
        registered += sum(1 for person, _ in truth.values() if person)
        residents, records = registry.to_pylist(), records.to_pylist()
        for name, rule in RULES.items():
            for first in (False, True):
                for record, person in linked(rule, residents, records, first):
                    right, (true, hidden) = counts[name, first], truth[record]
                    right[0 if person == true else 2 if hidden else 1] += 1
    print("| rule | links | wrong | undecidable, wrong | wrong per million | recall % |\n|---|---:|---:|---:|---:|---:|")
    for (name, first), (right, wrong, luck) in counts.items():
        title = f"{name}, the first of several" if first else name
        rate = 1e6 * wrong / max(right + wrong, 1)
        print(f"| {title} | {right + wrong + luck:,} | {wrong:,} | {luck} | {rate:,.0f} | {100 * right / registered:.1f} |")


main()
