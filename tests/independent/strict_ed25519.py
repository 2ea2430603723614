"""Which points of Ed25519 are taken: the library lets those of small order pass."""
from functools import lru_cache

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P


def double(point):
    x, y = point
    k = D * x * x * y * y
    return 2 * x * y * pow(1 + k, -1, P) % P, (y * y + x * x) * pow(1 - k, -1, P) % P


@lru_cache(maxsize=None)
def is_strict(encoded):
    """Canonical, on the curve and not of small order."""
    n = int.from_bytes(encoded, "little")
    y = n & (2**255 - 1)
    if y >= P:
        return False
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != square or (x == 0 and n >> 255):
        return False
    point = (x, y)
    for _ in range(3):
        point = double(point)
    return point != (0, 1)
