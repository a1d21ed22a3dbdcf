"""Random strings that look for trouble: every script and every kind of scalar that a tokenizer treats apart."""

SPECIALS = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"]
NEAR_SPECIALS = [
    "[MASK", "MASK]", "[mask]", "[ MASK ]", "[[MASK]]", "[MASK][MASK]", "[", "]", "[M", "[UN", "[unused1]", "[CLS",
    "[MA\u0301SK]", "[MASK\u200d]", "［MASK］", "[PAD", "[SE[SEP]P]", "##a", "##", "#",
]
WHITESPACE = "\t\n\r \u00a0\u1680\u2000\u2003\u2009\u2028\u2029\u202f\u205f\u3000\x0b\x0c\x85\x1c\x1f"
INVISIBLE = "\0\x01\x07\x7f\u00ad\u200b\u200c\u200d\u200e\u202a\u2060\ufeff\ufffd\ufffe\uffff\ue000\uf8ff\U000f0000"
# Marks that accent stripping keeps and canonical ordering moves, and scalars that decompose into such.
MOVABLE = "\u302e\u302f\u1939\u193a\u193b\u1b44\u1baa\u1b44\ua953\U0001d165\U0001d166\U0001d16d\U0001d16e\U0001d15e" \
    "\U0001d160\U0001d1bc\u0344\u0f73\u0f75\u0f81\u0345\u0334\u0323\u0301\u1dfa\u08d3\U0001e944\u180f\u1abf"
EMOJI = "😀👩👨‍👩‍👧❤️🏽🇨🇳🧑🏿‍🚀☺️#️⃣"
HAN_RANGES = [(0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2CEAF), (0x2CEB0, 0x323AF),
              (0xF900, 0xFAFF), (0x2F800, 0x2FA1F), (0x2E80, 0x2FDF)]
ENGLISH = [" the", " hello", " iPhone14", "playstation", "don't", "U.S.A.", "3.14", "100%", "http://a.cn/b?c=1"]
LATIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def pick(g, low, high):
    return chr(g.randint(low, high))


def scalar(g):
    while True:
        c = g.randrange(0x110000) if g.random() < 0.3 else g.randrange(0x3000 if g.random() < 0.5 else 0x20000)
        if not 0xD800 <= c < 0xE000:
            return chr(c)


def repeated(g):
    """A long word: mostly around the 100 scalars where words become unknown."""
    length = g.choice([98, 99, 100, 101, 102, g.randint(1, 300)])
    rare = "字" if g.random() < 0.2 else "z"
    alphabet = g.choice(["a", "ab", "é", "e\u0301", "한", "\u0915\u093f", "ſ", "İ", "\u302e\u302f", "aB9", rare])
    return "".join(g.choice(alphabet) for _ in range(length))


PIECES = [
    (14, lambda g: "".join(pick(g, 0x4E00, 0x9FA5) for _ in range(g.randint(1, 12)))),
    (3, lambda g: pick(g, *g.choice(HAN_RANGES))),
    (10, lambda g: "".join(g.choice(LATIN) for _ in range(g.randint(1, 14)))),
    (5, lambda g: g.choice(ENGLISH)),
    (6, lambda g: g.choice("，。！？；：“”‘’（）《》、…—·,.!?;:'\"()<>~`@#$%^&*-_=+|\\/{}")),
    (5, lambda g: "".join(pick(g, 0xC0, 0x24F) for _ in range(g.randint(1, 6)))),
    (3, lambda g: "".join(pick(g, 0x1E00, 0x1FFF) for _ in range(g.randint(1, 4)))),
    (4, lambda g: g.choice(LATIN) + "".join(pick(g, 0x300, 0x36F) for _ in range(g.randint(1, 4)))),
    (3, lambda g: "".join(g.choice(MOVABLE) for _ in range(g.randint(1, 6)))),
    (3, lambda g: "".join(pick(g, 0xAC00, 0xD7A3) for _ in range(g.randint(1, 5)))),
    (1, lambda g: "".join(pick(g, 0x1100, 0x11FF) for _ in range(g.randint(1, 5)))),
    (3, lambda g: "".join(pick(g, 0x3040, 0x30FF) for _ in range(g.randint(1, 6)))),
    (3, lambda g: "".join(pick(g, 0x370, 0x52F) for _ in range(g.randint(1, 8)))),
    (3, lambda g: "".join(pick(g, 0x590, 0x109F) for _ in range(g.randint(1, 6)))),
    (4, lambda g: "".join(pick(g, 0xFF01, 0xFFEF) for _ in range(g.randint(1, 5)))),
    (3, lambda g: "".join(g.choice(EMOJI) for _ in range(g.randint(1, 4)))),
    (5, lambda g: "".join(g.choice(WHITESPACE) for _ in range(g.randint(1, 3)))),
    (3, lambda g: "".join(g.choice(INVISIBLE) for _ in range(g.randint(1, 3)))),
    (4, lambda g: g.choice(SPECIALS)),
    (4, lambda g: g.choice(NEAR_SPECIALS)),
    (4, scalar),
    (1, repeated),
]
WEIGHTS = [weight for weight, _ in PIECES]
MAKERS = [maker for _, maker in PIECES]


def random_text(g):
    """A string of a few pieces of any kinds; the generator alone decides which."""
    return "".join(maker(g) for maker in g.choices(MAKERS, WEIGHTS, k=g.randint(0, 9)))
