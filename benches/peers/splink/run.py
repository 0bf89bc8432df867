"""One run of Splink, in a process of its own so that its CPU time and memory are its own.

    python run.py train REGISTRY RECORDS PAIRS WORK   from the CSV files to predictions, with training; u from PAIRS random pairs
    python run.py predict WORK                        from the cleaned tables and the trained model to predictions

Prints one line of JSON: seconds by stage (wall, CPU), pairs, version. WORK gets registry.parquet, records.parquet,
model.json and best.csv (record_id, person_id, weight, margin: the best candidate of each record).
"""

import json
import logging
import os
import resource
import sys
import time

import duckdb
import pyarrow.parquet as pq
import splink
from splink import DuckDBAPI, Linker

import prepare
from settings import settings, train

# The best candidate of each record. The margin is the log-odds of the best against all other candidates and nobody:
# what somebody would use who knows that candidates compete.
BEST = """
copy (
    with pairs as (
        select unique_id_r as record_id, unique_id_l as person_id, match_weight as weight from {pairs}
    ), ranked as (
        select *, row_number() over (partition by record_id order by weight desc, person_id) as place,
            sum(power(2, least(weight, 500))) over (partition by record_id) as total
        from pairs
    )
    select record_id, person_id, weight, weight - log2(1 + greatest(total - power(2, least(weight, 500)), 0)) as margin
    from ranked where place = 1 order by record_id
) to '{out}' (header)
"""


class Stages:
    """Wall and CPU seconds of each stage, all threads of the process together."""

    def __init__(self):
        self.seconds = {}
        self.start()

    def start(self):
        usage = resource.getrusage(resource.RUSAGE_SELF)
        self.wall, self.cpu = time.perf_counter(), usage.ru_utime + usage.ru_stime

    def end(self, name):
        wall, cpu = self.wall, self.cpu
        self.start()
        self.seconds[name] = {"wall": round(self.wall - wall, 2), "cpu": round(self.cpu - cpu, 2)}


def predict(linker, connection, work):
    pairs = linker.inference.predict()
    count = connection.execute(f"select count(*) from {pairs.physical_name}").fetchone()[0]
    connection.execute(BEST.format(pairs=pairs.physical_name, out=os.path.join(work, "best.csv")))
    return count


def linker_of(tables, model):
    connection = duckdb.connect()
    connection.execute("set enable_progress_bar = false")
    api = DuckDBAPI(connection)
    # Splink puts the dataset whose name sorts first on the left.
    frames = [api.register(table, dataset_display_name=name) for name, table in zip(("a_registry", "b_records"), tables)]
    return Linker(frames, model, log_level=logging.WARNING), connection


def main():
    stages = Stages()
    work = sys.argv[-1]
    paths = [os.path.join(work, f"{name}.parquet") for name in ("registry", "records")]
    model = os.path.join(work, "model.json")
    if sys.argv[1] == "train":
        registry, splitters = prepare.table(sys.argv[2])
        records, _ = prepare.table(sys.argv[3], splitters)
        stages.end("normalize")
        for path, table in zip(paths, (registry, records)):
            pq.write_table(table, path)
        linker, connection = linker_of((registry, records), settings())
        stages.end("load")
        train(linker, float(sys.argv[4]))
        linker.misc.save_model_to_json(model, overwrite=True)
        stages.end("train")
    else:
        linker, connection = linker_of([pq.read_table(path) for path in paths], model)
        stages.end("load")
    pairs = predict(linker, connection, work)
    stages.end("predict")
    print(json.dumps({"splink": splink.__version__, "duckdb": duckdb.__version__, "pairs": pairs, "stages": stages.seconds}))


if __name__ == "__main__":
    main()
