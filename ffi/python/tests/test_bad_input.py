"""Whatever comes in, a Python exception or an answer comes out; the process lives."""
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from medlot import Failure, Scanned, Verifier, VerdictKind, scan

TODAY = "2026-11-23"


@pytest.fixture
def anchor(bundles):
    return bytes.fromhex(bundles[0]["root"])


@pytest.fixture
def bundle(bundles):
    return bytes.fromhex(bundles[0]["object"])


def fails(code, act):
    with pytest.raises(Failure) as caught:
        act()
    failure = caught.value
    assert failure.code == code and failure.name and failure.english and failure.vietnamese, failure
    return failure


@pytest.mark.parametrize("day", ["", "yesterday", "2026-13-01", "2026-02-30", "2" * 10_000_000], ids=lambda d: d[:12])
def test_a_day_that_is_none_is_said_with_its_number(day):
    failure = fails(4001, lambda: scan("3400935955838", None, day))
    assert isinstance(failure, Failure.Usage) and "today" in failure.english


def test_ten_megabytes_are_no_code():
    assert isinstance(scan("1" * 10_000_000, None, TODAY), Scanned.REFUSED)
    assert isinstance(scan("ệ" * 3_000_000, None, TODAY), Scanned.REFUSED)
    assert isinstance(scan("3400935955838", "x" * 10_000_000, TODAY), Scanned.READ)


def test_half_a_character_is_refused_before_it_crosses():
    with pytest.raises(UnicodeEncodeError):
        scan("\ud800", None, TODAY)


@pytest.mark.parametrize("wrong", [None, 1, b"3400935955838", ["3400935955838"]])
def test_what_is_no_text_is_a_type_error(wrong):
    with pytest.raises(TypeError):
        scan(wrong, None, TODAY)
    with pytest.raises(TypeError):
        scan("3400935955838", None, wrong)


@pytest.mark.parametrize("wrong", [None, 1, "anchor", [1, 2]])
def test_what_is_no_bytes_is_a_type_error(wrong, anchor):
    with pytest.raises(TypeError):
        Verifier(wrong)
    with pytest.raises(TypeError):
        Verifier(anchor).verify(wrong, None, None)


def test_bytes_that_are_no_anchor_give_no_verifier(anchor, bundle):
    for wrong in (b"", b"<html>", anchor[:-1], bytes(10_000_000)):
        fails(3910, lambda: Verifier(wrong))
    fails(3911, lambda: Verifier(bundle))


def test_what_is_no_object_is_a_verdict_never_a_crash(anchor, bundle):
    verifier = Verifier(anchor)
    for wrong in (b"", b"<html>", bytes(10_000_000)):
        verdict = verifier.verify(wrong, None, None)
        assert (verdict.verdict, verdict.reasons[0].code) == (VerdictKind.INVALID, 3910)
        with pytest.raises(Failure.Invalid):
            verifier.keep(wrong)
    whole = verifier.verify(bundle, None, None)
    assert whole.verdict == VerdictKind.VALID
    chance = random.Random(20261123)
    for _ in range(500):
        changed = bytearray(bundle)
        changed[chance.randrange(len(changed))] = chance.randrange(256)
        changed = bytes(changed[: chance.randint(1, len(changed))])
        # Cut between two elements it is a smaller bundle; nothing else is ever believed.
        believed = [record for record in verifier.verify(changed, None, None).records if record.counts == "yes"]
        assert believed == whole.records[: len(believed)]


@pytest.mark.parametrize("now", [0, -1, -(2**63), 2**63 - 1])
def test_an_instant_that_cannot_be_is_said_with_its_value(now, anchor, bundle):
    failure = fails(4001, lambda: Verifier(anchor).verify(bundle, now, None))
    assert str(now) in failure.english


def test_a_number_that_does_not_fit_is_a_value_error(anchor, bundle):
    with pytest.raises(ValueError):
        Verifier(anchor).verify(bundle, 2**63, None)


def test_eight_threads_share_a_verifier(anchor, bundle):
    verifier = Verifier(anchor)

    def work(thread):
        if thread % 4 == 0:
            assert verifier.keep(bundle) == 1
        return sum(verifier.verify(bundle, None, None).verdict == VerdictKind.VALID for _ in range(50))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(8))) == [50] * 8
