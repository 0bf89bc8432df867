"""Risk against coverage: records linked in the order of a score, the surest first, held against the truth.

A decision is record_id, person_id, score. Links to a person of whom everything stated is true as well (`undecidable`)
are counted apart, as `himozuke evaluate` counts them.
"""

import csv
import os

FIELDS = ["curve", "score", "linked", "share_linked", "recall", "wrong", "undecidable", "wrong_per_million"]
# Shares of records at which a curve is written, besides its end.
SHARES = [n / 200 for n in range(1, 200)] + [n / 2000 for n in range(1800, 2000, 2)]


def truth(path):
    with open(path, encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return {row["record_id"]: (row["person_id"], "undecidable" in row["tags"].split("|")) for row in rows}


def splink(path, score):
    """Decisions of a run of Splink by `weight` or `margin`."""
    with open(path, encoding="utf-8", newline="") as file:
        return [(row["record_id"], row["person_id"], float(row[score])) for row in csv.DictReader(file)]


def himozuke(directory):
    """Decisions of a run of himozuke by confidence, its links and the best candidates of its reviews alike; and the ids of
    the records that it linked by itself."""
    decisions, linked = [], set()
    for name in ("links.csv", "review.csv"):
        with open(os.path.join(directory, name), encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row.get("rank", "1") == "1":
                    decisions.append((row["record_id"], row["person_id"], float(row["confidence_bits"])))
                    if name == "links.csv":
                        linked.add(row["record_id"])
    return decisions, linked


def points(name, decisions, truth):
    """The curve's points. Equal scores stand or fall together, so that no order of input decides."""
    registered = sum(1 for person, _ in truth.values() if person)
    ordered = sorted(decisions, key=lambda decision: decision[2], reverse=True)
    linked = wrong = undecidable = right = 0
    shares = iter(sorted(set(SHARES)))
    share = next(shares)
    for place, (record, person, score) in enumerate(ordered):
        true, hidden = truth[record]
        linked += 1
        right += person == true
        undecidable += person != true and hidden
        wrong += person != true and not hidden
        last = place + 1 == len(ordered)
        if not last and (ordered[place + 1][2] == score or linked < share * len(truth)):
            continue
        while share is not None and linked >= share * len(truth):
            share = next(shares, None)
        share = 2.0 if share is None else share
        judged = right + wrong
        yield dict(
            zip(
                FIELDS,
                (
                    name, f"{score:.10g}", linked, f"{linked / len(truth):.6f}", f"{right / registered:.6f}", wrong, undecidable,
                    f"{1e6 * wrong / judged:.3f}" if judged else "",
                ),
            )
        )  # fmt: skip


def best_at(curve, most_wrong):
    """The point that links most with at most so many wrong links per million."""
    good = [point for point in curve if point["wrong_per_million"] and float(point["wrong_per_million"]) <= most_wrong]
    return max(good, key=lambda point: point["linked"], default=None)


def write(path, curves):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, FIELDS)
        writer.writeheader()
        for curve in curves:
            writer.writerows(curve)
