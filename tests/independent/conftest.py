"""Counts the vectors of each file that the reader agreed with, for `cargo xtask conformance`."""
import collections
import os

import pytest

AGREED = collections.Counter()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if hasattr(item, "callspec") and "vector" in item.callspec.params and report.when == "call" and report.passed:
        AGREED[item.module.FILE.stem] += 1
    return report


def pytest_sessionfinish():
    if file := os.environ.get("MEDLOT_CONFORMANCE"):
        with open(file, "a", encoding="utf-8") as out:
            out.writelines(f"conformance independent {group} {count}\n" for group, count in AGREED.items())
