"""himozuke and Splink on the same two files, in turn, each in processes of its own, side by side.

    python compare.py --data DIR [--data DIR ...] --himozuke PATH --out DIR [--rounds N] [--max-pairs 1e7]

DIR is what `himozuke synth` wrote: registry.csv, records.csv (UTF-8), truth.csv. Prints CPU and wall seconds, peak memory, pairs
and the points of both risk-coverage curves that link most at a few rates of wrong links; writes the curves to OUT/curve.csv.
With several DIRs the decisions of all are one curve (one population, several seeds).
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time

import curve

HERE = os.path.dirname(os.path.abspath(__file__))
RATES = [0, 10, 100, 1000]
FROM_INDEX = "guideline, from the index file"
LOAD = "splink, load and predict"


def run(command):
    """Standard output, and what the process and its threads cost."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=HERE)
    # A few lines: neither pipe fills up.
    out, err = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)}: exit status {process.returncode}\n{err[-2000:]}")
    cost = {
        "wall": time.perf_counter() - start,
        "cpu": usage.ru_utime + usage.ru_stime,
        "mib": usage.ru_maxrss / 1024,
    }
    return out, cost


def one_round(arguments, data, work):
    """Each program once; Splink whole and from its trained model, himozuke whole and from its index file."""
    registry, records = (os.path.join(data, name) for name in ("registry.csv", "records.csv"))
    costs = {}
    # From CSV to result files.
    for policy in ("guideline", "statistical"):
        out = os.path.join(work, policy)
        command = [arguments.himozuke, "link", "--registry", registry, "--records", records, "--out", out]
        _, costs[policy] = run([*command, "--policy", policy, "--force"])
        with open(os.path.join(out, "summary.json"), encoding="utf-8") as file:
            costs[policy]["pairs"] = json.load(file)["records"]["pairs_compared"]
    index = os.path.join(work, "registry.hmz")
    _, costs["index"] = run([arguments.himozuke, "index", "--registry", registry, "--out", index])
    command = [arguments.himozuke, "link", "--registry", index, "--records", records, "--force"]
    _, costs[FROM_INDEX] = run([*command, "--out", os.path.join(work, "from-index"), "--policy", "guideline"])
    costs[FROM_INDEX]["pairs"] = costs["guideline"]["pairs"]
    script = [sys.executable, os.path.join(HERE, "run.py")]
    out, costs["splink"] = run([*script, "train", registry, records, str(arguments.max_pairs), work])
    told = json.loads(out.splitlines()[-1])
    costs["splink"].update(pairs=told["pairs"], stages=told["stages"])
    out, costs[LOAD] = run([*script, "predict", work])
    costs[LOAD].update(stages=json.loads(out.splitlines()[-1])["stages"])
    return costs, f"splink {told['splink']}, duckdb {told['duckdb']}"


def show(rounds):
    """Medians of the rounds, and how many times himozuke's they are within one round."""
    print("\n| run | CPU s | wall s | peak MiB | pairs | CPU to himozuke's |\n|---|---|---|---|---|---|")
    for name in rounds[0]:
        median = lambda key: statistics.median(costs[name][key] for costs in rounds)
        ratio = statistics.median(costs[name]["cpu"] / costs["guideline"]["cpu"] for costs in rounds)
        pairs = rounds[0][name].get("pairs")
        label = f"himozuke, {name}" if "splink" not in name else name
        print(
            f"| {label} | {median('cpu'):.1f} | {median('wall'):.1f} | {median('mib'):.0f} "
            f"| {f'{pairs:,}' if pairs else ''} | {ratio:.1f} |"
        )
    from_index = statistics.median(costs[LOAD]["cpu"] / costs[FROM_INDEX]["cpu"] for costs in rounds)
    print(f"{LOAD}, CPU to himozuke's from the index file: {from_index:.1f}")
    for name in ("splink", LOAD):
        stages = rounds[0][name]["stages"]
        print(f"{name}, CPU s by stage: " + ", ".join(f"{stage} {cost['cpu']}" for stage, cost in stages.items()))


def wrong(rows, truth, most=None):
    """Wrong links, of all or of the surest ones; those that nobody can decide aside."""
    surest = sorted(rows, key=lambda row: row[2], reverse=True)[:most]
    return sum(1 for record, person, _ in surest if truth[record][0] != person and not truth[record][1])


def above(curves, name, best):
    """Where one curve is above another: at which shares of the records more links are wrong."""
    at = {point["share_linked"][:5]: point["wrong"] for point in curves[best]}
    points = [point for point in curves[f"himozuke {name}"] if point["share_linked"][:5] in at]
    worse = [f"{point['share_linked']} ({point['wrong']} to {at[point['share_linked'][:5]]})"
             for point in points if point["wrong"] > at[point["share_linked"][:5]]]
    return f"none of {len(points)}" if not worse else f"{len(worse)} of {len(points)}: {', '.join(worse[:12])}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", action="append", required=True)
    parser.add_argument("--himozuke", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--max-pairs", type=float, default=1e7)
    arguments = parser.parse_args()
    decisions, truth, linked = {}, {}, {}
    for number, data in enumerate(map(os.path.abspath, arguments.data)):
        work = os.path.join(os.path.abspath(arguments.out), str(number))
        os.makedirs(work, exist_ok=True)
        rounds = []
        for _ in range(arguments.rounds):
            costs, versions = one_round(arguments, data, work)
            rounds.append(costs)
        print(f"\n{data}: {versions}, {len(os.sched_getaffinity(0))} processors, load {os.getloadavg()[0]:.1f}")
        show(rounds)
        # Ids repeat between seeds: the number of the data set keeps them apart.
        own = lambda rows: [(f"{number}:{record}", person, score) for record, person, score in rows]
        truth.update({f"{number}:{record}": known for record, known in curve.truth(os.path.join(data, "truth.csv")).items()})
        for name in ("guideline", "statistical"):
            ordered, links = curve.himozuke(os.path.join(work, name))
            decisions.setdefault(f"himozuke {name}", []).extend(own(ordered))
            linked.setdefault(name, set()).update(f"{number}:{record}" for record in links)
        for score in ("weight", "margin"):
            best = os.path.join(work, "best.csv")
            decisions.setdefault(f"splink {score}", []).extend(own(curve.splink(best, score)))

    curves = {name: list(curve.points(name, rows, truth)) for name, rows in decisions.items()}
    curve.write(os.path.join(arguments.out, "curve.csv"), curves.values())
    registered = sum(1 for person, _ in truth.values() if person)
    print(f"\n{len(truth):,} records, {registered:,} of them about a registered person; share of the records linked with at most")
    print(f"| wrong links per million | {' | '.join(map(str, RATES))} | all |\n|---|{'---|' * (len(RATES) + 1)}")
    for name, points in curves.items():
        best = [curve.best_at(points, rate) for rate in RATES]
        cells = [f"{float(point['share_linked']):.1%}" if point else "-" for point in best]
        last = points[-1]
        cells.append(f"{float(last['share_linked']):.1%} at {float(last['wrong_per_million']):.0f}")
        print(f"| {name} | {' | '.join(cells)} |")
    best = "splink weight"
    for name in ("guideline", "statistical"):
        print(f"shares at which {best} has fewer wrong links than himozuke {name}: {above(curves, name, best)}")
    print("\nwhat himozuke links by itself, its gates open, and what is wrong among as many of each curve:")
    for name in ("guideline", "statistical"):
        links = [row for row in decisions[f"himozuke {name}"] if row[0] in linked[name]]
        others = ", ".join(f"{other} {wrong(rows, truth, len(links))}" for other, rows in decisions.items())
        print(f"  {name}: {len(links) / len(truth):.1%} of the records, {wrong(links, truth)} wrong of {len(links):,}; {others}")
    worst = max(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, 0)
    print(f"\ncurves in {os.path.join(arguments.out, 'curve.csv')}; largest process {worst:.0f} MiB")


if __name__ == "__main__":
    main()
