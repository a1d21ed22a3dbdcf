"""Prints what Tests/ErlangshenRandomTests expects: Philox4x32-10 written down from the paper (Salmon et al., SC 2011).

python3 tools/goldens/make_philox_goldens.py
"""

MASK = 2**32 - 1


def block(counter, seed):
    c, k = list(counter), [seed & MASK, seed >> 32]
    for _ in range(10):
        p, q = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(q >> 32) ^ c[1] ^ k[0], q & MASK, (p >> 32) ^ c[3] ^ k[1], p & MASK]
        k = [(k[0] + 0x9E3779B9) & MASK, (k[1] + 0xBB67AE85) & MASK]
    return c


def words(seed, purpose, number, item=0):
    n = 0
    while True:
        yield from block([n, item, number, purpose], seed)
        n += 1


def permutation(seed, purpose, number, count):
    stream, order = words(seed, purpose, number), list(range(count))
    for last in range(count - 1, 0, -1):
        while True:
            word = next(stream)
            if word < 2**32 // (last + 1) * (last + 1):
                break
        j = word % (last + 1)
        order[last], order[j] = order[j], order[last]
    return order


assert block([0] * 4, 0) == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]  # Random123, kat_vectors
for seed, number, count in [(42, 0, 10), (42, 3, 10), (7 << 32 | 5, 1, 6)]:
    print("permutation", seed, number, permutation(seed, 1, number, count))
for place in [(42, 7, 3, 5), (42, 7, 3)]:
    stream = words(*place)
    print("words", place, [next(stream) for _ in range(5)])
