"""DuckDB, pandas and pyarrow read the case store and the results in columns, and what they write is read.

Run as `python readers.py GRADATIE RULES`: the program, built with the feature `columnar`, and the rules folder.
"""

import collections
import datetime
import json
import pathlib
import subprocess
import sys
import tempfile

import duckdb
import pandas
import pyarrow
import pyarrow.feather
import pyarrow.parquet

PROGRAM, RULES = (str(pathlib.Path(argument).resolve()) for argument in sys.argv[1:3])
CASES = 3_000
FAULTS = [
    '{"case": "broken"',
    '{"case":"A","facts":{"regoin":"Gao"}}',
    '{"case":"B","facts":{"age":340}}',
]
CONCLUSIONS = ["scope", "grade", "real_risk", "internal_protection", "internal_protection_test"]


def run(folder, *arguments, ended=1):
    command = [PROGRAM, *arguments, "--rules", RULES]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=300, check=False)
    assert done.returncode == ended, (command, done.returncode, done.stderr.decode())
    return done.stdout.decode()


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def cites(result, conclusion):
    """The sentences of a conclusion, each once, or None where it is not determined and has none."""
    found = []
    for reason in result["reasons"]:
        if reason["conclusion"] == conclusion:
            found += [cite for cite in reason["cites"] if cite not in found]
    return found


def store_is_read(folder, results):
    """Counts and values of the store, as DuckDB and pandas see it."""
    sql = lambda query: duckdb.sql(query.replace("STORE", f"'{folder}/cases.parquet'")).fetchall()
    errors = collections.Counter(result["error"]["code"] for result in results if "error" in result)
    assert sql("SELECT count(*), count(case_) FROM (SELECT \"case\" AS case_ FROM STORE)") == [
        (len(results), len(results) - sum(errors.values()))
    ]
    assert dict(sql("SELECT error_code, count(*) FROM STORE WHERE error_code IS NOT NULL GROUP BY ALL")) == errors
    types = dict(row[:2] for row in sql("DESCRIBE SELECT * FROM STORE"))
    assert types["decision_date"] == "DATE" and types["age"] == "INTEGER", types
    assert types["individual_circumstances"] == "VARCHAR[]" and types["region"] == "VARCHAR", types
    given = [json.loads(line) for line in (folder / "cases.jsonl").read_text().splitlines() if line not in FAULTS]
    of = lambda fact: collections.Counter(case["facts"].get(fact) for case in given)
    for fact in ["civilian", "procedure", "age"]:
        query = f"SELECT {fact}, count(*) FROM STORE WHERE error_code IS NULL GROUP BY ALL"
        assert dict(sql(query)) == of(fact), fact
    factor = lambda item: item if isinstance(item, str) else next(iter(item))
    health = [
        case["case"]
        for case in given
        if "health" in map(factor, case["facts"].get("individual_circumstances") or [])
    ]
    query = "SELECT \"case\" FROM STORE WHERE list_contains(individual_circumstances, 'health')"
    assert sorted(row[0] for row in sql(query)) == sorted(health) and health

    frame = pandas.read_parquet(folder / "cases.parquet")
    assert len(frame) == len(results)
    assert list(frame["source"]) == [result["source"] for result in results]
    first = next(index for index, result in enumerate(results) if "error" not in result)
    dates = [case.get("decision_date") for case in given if case["case"] == results[first]["case"]]
    expected = dates[0] and datetime.date.fromisoformat(dates[0])
    assert frame["decision_date"][first] == expected
    assert "gradatie.store" in {key.decode() for key in pyarrow.parquet.read_schema(folder / "cases.parquet").metadata}


def results_are_read(folder, name, results):
    """Every value of the results in columns against the JSON Lines."""
    table = pyarrow.parquet.read_table(folder / name).to_pylist()
    in_duckdb = duckdb.sql(f"SELECT * FROM '{folder}/{name}'")
    names = in_duckdb.columns
    assert len(table) == len(results)
    for row, values, result in zip(table, in_duckdb.fetchall(), results, strict=True):
        assert row == dict(zip(names, values, strict=True))
        assert row["source"] == result["source"]
        if "error" in result:
            error = {key: row[f"error_{key}"] for key in ["code", "message", "line", "column"]}
            assert error == result["error"] and row["grade"] is None and row["needs"] is None
            continue
        assert row["error_code"] is None
        date = row["decision_date"] and row["decision_date"].isoformat()
        assert (row["case"], row["policy"], date) == (result["case"], result["policy"], result["decision_date"])
        for conclusion in CONCLUSIONS:
            of = result["conclusions"][conclusion]
            assert row[conclusion] == of["value"]
            assert row[f"{conclusion}_possible"] == of.get("possible")
            assert row[f"{conclusion}_cites"] == cites(result, conclusion)
            if f"{conclusion}_from" in row:
                change = result.get("changes", {}).get(conclusion)
                assert row[f"{conclusion}_from"] == (change and (change["from"] or "(not determined)"))
        for column in ["needs", "flags", "flags_open"]:
            assert row[column] == result[column]
    frame = pandas.read_parquet(folder / name)
    of_pandas = frame["grade"].value_counts().to_dict()
    query = f"SELECT grade, count(*) FROM '{folder}/{name}' WHERE grade IS NOT NULL GROUP BY ALL"
    assert of_pandas == dict(duckdb.sql(query).fetchall()) and sum(of_pandas.values()) > CASES / 2


def columns_of_others_are_read(folder, results):
    """Copies that DuckDB and pandas make of a store, and tables that they make of facts."""
    expected = [json.dumps(result) for result in results]
    copy = f"COPY (SELECT * FROM '{folder}/cases.parquet') TO '{folder}/copy.parquet' (FORMAT parquet, ROW_GROUP_SIZE 5000)"
    duckdb.sql(copy)
    pandas.read_parquet(folder / "cases.parquet").to_parquet(folder / "pandas.parquet")
    table = pyarrow.parquet.read_table(folder / "cases.parquet")
    pyarrow.feather.write_feather(table, folder / "copy.arrow")
    with pyarrow.OSFile(str(folder / "stream.arrows"), "wb") as file, pyarrow.ipc.new_stream(file, table.schema) as stream:
        stream.write_table(table)
    for name in ["copy.parquet", "pandas.parquet", "copy.arrow", "stream.arrows"]:
        read = lines(run(folder, "batch", name))
        assert [json.dumps(result) for result in read] == expected, name
    frame = pandas.DataFrame(
        {
            "case": ["A", "B", "C"],
            "decision_date": [datetime.date(2025, 9, 15), None, pandas.Timestamp("2025-09-16")],
            "region": pandas.Categorical(["Ségou", "timbuktu", "Goa"]),
            "civilian": [True, None, False],
            "age": [34, None, 17],
            "actors_of_harm": [["army"], [], None],
        }
    )
    frame["decision_date"] = pandas.to_datetime(frame["decision_date"])
    frame.to_parquet(folder / "frame.parquet")
    first, second, third = lines(run(folder, "batch", "frame.parquet"))
    assert first["facts"]["region"] == "Ségou" and first["facts"]["civilian"] == "yes", first
    assert first["decision_date"] == "2025-09-15" and first["source"] == "frame.parquet:1"
    assert second["facts"]["region"] == "Tombouctou" and second["decision_date"] is None
    assert third["error"]["code"] == "unknown-place" and third["error"]["line"] == 3, third


def copies_of_results_are_compared_with(folder):
    """Results that other programs copied say the same changes as the JSON Lines; pyarrow keeps which rules gave them."""
    for out in ["earlier.jsonl", "earlier.parquet"]:
        run(folder, "batch", "cases.jsonl", "--policy", "mali/2023", "--out", out)
    original = pyarrow.parquet.read_table(folder / "earlier.parquet")
    duckdb.sql(f"COPY (SELECT * FROM '{folder}/earlier.parquet') TO '{folder}/by_duckdb.parquet' (ROW_GROUP_SIZE 5000)")
    pandas.read_parquet(folder / "earlier.parquet").to_parquet(folder / "by_pandas.parquet")
    pyarrow.parquet.write_table(original, folder / "by_pyarrow.parquet", compression="zstd")
    pyarrow.feather.write_feather(original, folder / "by_pyarrow.arrow")
    with pyarrow.OSFile(str(folder / "by_pyarrow.arrows"), "wb") as file:
        with pyarrow.ipc.new_stream(file, original.schema) as stream:
            stream.write_table(original)
    query = "COPY (SELECT * REPLACE (array_to_string(needs, ' ') AS needs"
    for conclusion in CONCLUSIONS:
        for lists in [f"{conclusion}_possible", f"{conclusion}_cites"]:
            query += f", array_to_string({lists}, ' ') AS {lists}"
    duckdb.sql(f"{query}) FROM '{folder}/earlier.parquet') TO '{folder}/by_duckdb.csv' (HEADER)")

    def changes(file):
        found = lines(run(folder, "batch", "cases.jsonl", "--policy", "mali/2025", "--against", file))
        causes = collections.Counter()
        for result in found:
            for change in result.get("changes", {}).values():
                causes[change.pop("cause")] += 1
        return found, causes

    expected, causes = changes("earlier.jsonl")
    assert list(causes) == ["rules"] and causes["rules"] > CASES / 2, causes
    for file in ["earlier.parquet", "by_pyarrow.parquet", "by_pyarrow.arrow", "by_pyarrow.arrows"]:
        assert changes(file) == (expected, causes), file
    for file in ["by_duckdb.parquet", "by_pandas.parquet", "by_duckdb.csv"]:
        assert changes(file) == (expected, {"not_known": causes["rules"]}), file


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        sample = run(folder, "sample", str(CASES), "--uniform", "--format", "jsonl", ended=0).splitlines()
        for index in range(CASES // 100):
            sample[index * 100 + 7] = FAULTS[index % len(FAULTS)]
        (folder / "cases.jsonl").write_text("\n".join(sample) + "\n")
        run(folder, "import", "cases.jsonl", "--out", "cases.parquet")
        text = run(folder, "batch", "cases.jsonl")
        assert run(folder, "batch", "cases.parquet") == text
        results = lines(text)
        assert len(results) == CASES
        store_is_read(folder, results)
        run(folder, "batch", "cases.parquet", "--out", "results.parquet")
        results_are_read(folder, "results.parquet", results)
        run(folder, "batch", "cases.jsonl", "--out", "compared.parquet", "--against", "mali/2023")
        compared = lines(run(folder, "batch", "cases.jsonl", "--against", "mali/2023"))
        results_are_read(folder, "compared.parquet", compared)
        columns_of_others_are_read(folder, results)
        copies_of_results_are_compared_with(folder)
    print("DuckDB, pandas and pyarrow read the store and the results, and are read")


main()
