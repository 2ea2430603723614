"""Numbers as the library writes them, read as the generated reader reads them."""
import ctypes
import struct

import pytest

from medlot import _medlot
from medlot._reading import FORMS

LIMITS = {"i8": (-128, 127), "u8": (0, 255), "i16": (-32_768, 32_767), "u16": (0, 65_535), "i32": (-(2**31), 2**31 - 1)}
LIMITS |= {"u32": (0, 2**32 - 1), "i64": (-(2**63), 2**63 - 1), "u64": (0, 2**64 - 1)}


def reader(data):
    held = (ctypes.c_char * len(data)).from_buffer_copy(data)
    return _medlot._UniffiRustBufferStream(ctypes.cast(held, ctypes.POINTER(ctypes.c_char)), len(data))


@pytest.mark.parametrize("name", FORMS)
def test_numbers_are_read_up_to_their_limits_and_nothing_past_the_end(name):
    numbers = LIMITS[name]
    read = reader(b"".join(struct.pack(FORMS[name], number) for number in numbers) + b"\0")
    assert isinstance(read.data, bytes), "all of it is fetched at once"
    assert tuple(getattr(read, f"read_{name}")() for _ in numbers) == numbers
    assert (read.remaining(), read.read(1)) == (1, b"\0")
    with pytest.raises(struct.error):
        getattr(read, f"read_{name}")()
