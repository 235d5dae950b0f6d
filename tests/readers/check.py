"""Reads the reports of two runs, of the reference and of a broken server, with readers that are not ours.

Usage: python check.py ETALON, where ETALON is the program.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

from haralyzer import HarParser
from jsonschema import Draft202012Validator
from junitparser import JUnitXml

ETALON = sys.argv[1]
PROJECT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = json.loads((PROJECT / "schemas/report.schema.json").read_text())


def judged(records, folder, expected):
    """The folder with every report of a run against a server that holds these records."""
    file = folder / "records.ndjson"
    file.write_bytes(records)
    server = subprocess.Popen(
        [ETALON, "serve", "--listen", "127.0.0.1:0", "--load", str(file)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        url = server.stdout.readline().split()[-1]
        flags = [f"--report={name}={folder / name}" for name in ("json", "junit", "har")]
        run = subprocess.run(
            [ETALON, "certify", url, "--api", "customer,usage,gateway,tmf", "--quiet", *flags],
            capture_output=True,
            text=True,
        )
    finally:
        server.terminate()
        server.wait()
    assert run.returncode == expected, run.stdout + run.stderr


def check(folder):
    """Each reader reads its report without a complaint, and all tell the same."""
    report = json.loads((folder / "json").read_text())
    faults = [error.message for error in Draft202012Validator(SCHEMA).iter_errors(report)]
    assert not faults, faults
    counts = report["counts"]

    junit = JUnitXml.fromfile(str(folder / "junit"))
    told = (junit.tests, junit.failures, junit.errors, junit.skipped)
    junit.update_statistics()
    assert told == (junit.tests, junit.failures, junit.errors, junit.skipped), told
    open_cases = counts["blocked"] + counts["inconclusive"] + counts["harness-error"]
    cases = len(report["cases"])
    assert told == (cases, counts["fail"], open_cases, counts["not-applicable"]), (told, counts)

    har = HarParser(json.loads((folder / "har").read_text()))
    assert har.version == "1.2" and har.creator["name"] == "etalon"
    named = {case["id"] for case in report["cases"] if case["verdict"] != "not-applicable"}
    pages = {page.page_id for page in har.pages}
    assert named <= pages, named - pages
    assert all(page.entries for page in har.pages)
    return counts


def main():
    records = subprocess.run([ETALON, "fixtures"], capture_output=True, check=True).stdout
    for name, records, expected in [
        ("the reference", records, 0),
        ("a server that says otherwise", records.replace(b"Vodafone", b"Telenor"), 1),
    ]:
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            judged(records, folder, expected)
            print(f"{name}: {check(folder)}")


main()
