"""Tamper-evident accounts of medicine lots.

Everything is generated from one Rust library; `signers` holds the keys that sign for it.
"""
from ._medlot import *  # noqa: F403
from ._medlot import __all__ as __all__  # what the library has
from . import signers as signers
from . import _reading as _reading
