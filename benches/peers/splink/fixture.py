"""Makes tests/data/splink.json: what the real Splink says of the settings that himozuke writes, on the same data.

    python fixture.py SETTINGS OUT

SETTINGS is the splink_settings.json of `himozuke train` (any data: what is checked is that both weigh alike). The people
are made here, of parts that need no reading of notation, so that both programs see the same values. Rewrites the file with
the weights, vectors and frequencies of every pair, and with the settings as Splink saves them after training on the same
people.
"""

import json
import logging
import random
import sys
import warnings

import duckdb
import pyarrow as pa
import splink
from splink import DuckDBAPI, Linker, block_on

FAMILY = [("佐藤", "サトウ"), ("鈴木", "スズキ"), ("高橋", "タカハシ"), ("田中", "タナカ"), ("斉藤", "サイトウ"), ("斎藤", "サイトウ"), ("山崎", "ヤマザキ"), ("東", "ヒガシ"), ("東", "アズマ"), ("田中", "タカカ")]  # fmt: skip
GIVEN = {
    "1": [("太郎", "タロウ"), ("一郎", "イチロウ"), ("健", "ケン"), ("健", "タケシ"), ("健", "ケヌ")],
    "2": [("幸子", "サチコ"), ("幸子", "ユキコ"), ("花子", "ハナコ"), ("花子", "ハナヨ"), ("恵", "メグミ")],
}
FOLD = str.maketrans("斎", "斉")
TOWNS = [
    ("東京都", "千代田区", "霞が関"), ("東京都", "千代田区", "永田町"), ("東京都", "町田市", "中町"),
    ("大阪府", "茨木市", "駅前"), ("愛媛県", "松山市", "山越"),
]  # fmt: skip
ATTRIBUTES = ["family_name", "given_name", "birth_date", "sex", "address"]
FREQUENCIES = ["family_kanji", "family_kana", "given_kanji", "given_kana", "town"]


def code(kana):
    """One ASCII character for each kana: DuckDB counts edits in bytes, of which a kana has three."""
    return "".join(chr(ord(c) - 0x30A1 + 33) for c in kana)


def person(dice):
    family, sex = dice.choice(FAMILY), dice.choice("12")
    given = dice.choice(GIVEN[sex])
    numbers = [dice.randint(1, 3) for _ in range(3)]
    room = dice.choice([None, 101, 202])
    return {
        "family": family, "given": given, "sex": sex, "place": dice.choice(TOWNS), "numbers": numbers, "room": room,
        "date": [dice.randint(1960, 1962), dice.randint(1, 12), dice.randint(1, 28)],
    }  # fmt: skip


def slipped(one, dice):
    """The same person as another file has them: sometimes wrong, sometimes incomplete."""
    one = {**one, "date": list(one["date"]), "numbers": list(one["numbers"])}
    other = person(dice)
    kind = dice.randrange(12)
    if kind == 0:
        one["family"] = other["family"]
    elif kind == 1:
        one["given"] = dice.choice(GIVEN[one["sex"]])
    elif kind == 2:
        one["date"][2] = one["date"][2] % 28 + 1
    elif kind == 3:
        one["date"][1], one["date"][2] = min(one["date"][2], 12), one["date"][1]
    elif kind == 4:
        one["date"] = one["date"][: dice.choice([1, 2])]
    elif kind == 5:
        one["place"] = other["place"]
    elif kind == 6:
        one["room"] = other["room"]
    elif kind == 7:
        one["numbers"] = one["numbers"][:2]
    elif kind == 8:
        one["kanji_missing"] = True
    elif kind == 9:
        one["kana_missing"] = True
    elif kind == 10:
        one["sex"] = None
    return one


def columns(one, key):
    (kanji, kana), (own, read) = one["family"], one["given"]
    prefecture, municipality, town = one["place"]
    written, spoken = not one.get("kanji_missing"), not one.get("kana_missing")
    numbers = "-".join(map(str, one["numbers"]))
    place = f"{prefecture}{municipality}{town}"
    return {
        "unique_id": key,
        "family_kanji": kanji if written else None, "given_kanji": own if written else None,
        "family_kanji_fold": kanji.translate(FOLD) if written else None,
        "given_kanji_fold": own.translate(FOLD) if written else None,
        "family_kana": kana if spoken else None, "given_kana": read if spoken else None,
        "family_kana_code": code(kana) if spoken else None, "given_kana_code": code(read) if spoken else None,
        "birth_date": "-".join(f"{part:02}" for part in one["date"]), "sex": one["sex"],
        "prefecture": prefecture, "municipality": municipality, "town": place,
        "block": f"{place}{numbers}", "building": str(one["room"]) if one["room"] else None,
    }  # fmt: skip


def record(one, key):
    """The same in himozuke's columns."""
    (kanji, kana), (own, read) = one["family"], one["given"]
    labels = ["丁目", "番", "号"]
    numbers = "".join(f"{number}{label}" for number, label in zip(one["numbers"], labels))
    date = "年".join([str(one["date"][0]), ""]) + "".join(f"{part}{unit}" for part, unit in zip(one["date"][1:], "月日"))
    return {
        "id": key,
        "kanji_name": "" if one.get("kanji_missing") else f"{kanji}　{own}",
        "kana_name": "" if one.get("kana_missing") else f"{kana}　{read}",
        "birth_date": date, "sex": one["sex"] or "",
        "address": "".join(one["place"]) + numbers + (f"　{one['room']}号室" if one["room"] else ""),
    }  # fmt: skip


def main():
    warnings.simplefilter("ignore")
    dice = random.Random(20261122)
    people = [person(dice) for _ in range(400)]
    about = [slipped(dice.choice(people), dice) for _ in range(300)]
    sides = [[columns(one, f"{side}{n}") for n, one in enumerate(all)] for side, all in (("p", people), ("r", about))]
    with open(sys.argv[1], encoding="utf-8") as file:
        settings = json.load(file)
    names = list(sides[0][0])
    tables = [pa.table({name: pa.array([row[name] for row in side], pa.string()) for name in names}) for side in sides]

    connection = duckdb.connect()
    connection.execute("set enable_progress_bar = false")
    api = DuckDBAPI(connection)
    frames = [api.register(table, dataset_display_name=name) for name, table in zip(("a_people", "b_records"), tables)]
    shown = dict(settings, retain_intermediate_calculation_columns=True)
    shown["blocking_rules_to_generate_predictions"] = [{"blocking_rule": "1=1"}]
    pairs = Linker(frames, shown, log_level=logging.ERROR).inference.predict().as_record_list()
    # Every combination of levels once: rare ones count as much as common ones.
    seen, kept = set(), []
    for pair in sorted(pairs, key=lambda pair: (pair["unique_id_l"], pair["unique_id_r"])):
        vector = tuple(pair[f"gamma_{name}"] for name in ATTRIBUTES)
        if vector not in seen:
            seen.add(vector)
            kept.append(pair)
    kept = kept[:: max(1, len(kept) // 300)]
    used = {pair[f"unique_id_{side}"] for pair in kept for side in "lr"}

    # Few rounds: on a set this small its EM drives levels to zero, which it then refuses.
    trainer = Linker(frames, dict(settings, max_iterations=4), log_level=logging.ERROR)
    trainer.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on("birth_date"), block_on("family_kanji", "given_kanji")):
        trainer.training.estimate_parameters_using_expectation_maximisation(rule)
    trained = trainer.misc.save_model_to_json(None)

    def frequencies(pair):
        both = {name: [pair.get(f"tf_{name}_l"), pair.get(f"tf_{name}_r")] for name in FREQUENCIES}
        return {name: pair for name, pair in both.items() if None not in pair}

    fixture = {
        "splink": splink.__version__,
        "settings": settings,
        "trained": trained,
        "people": [record(one, f"p{n}") for n, one in enumerate(people) if f"p{n}" in used],
        "records": [record(one, f"r{n}") for n, one in enumerate(about) if f"r{n}" in used],
        "pairs": [
            {
                "person": pair["unique_id_l"],
                "record": pair["unique_id_r"],
                "vector": [pair[f"gamma_{name}"] for name in ATTRIBUTES],
                "frequencies": frequencies(pair),
                # Of one comparison, what its level weighs and what the frequencies change.
                "weights": [pair[f"mw_{name}"] + (pair.get(f"mw_tf_adj_{name}") or 0.0) for name in ATTRIBUTES],
                "match_weight": pair["match_weight"],
            }
            for pair in kept
        ],
    }
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump(fixture, file, ensure_ascii=False, indent=None, separators=(",", ":"))
        file.write("\n")
    print(len(kept), "of", len(seen), "vectors in", len(pairs), "pairs")


main()
