# SPDX-License-Identifier: Apache-2.0
"""The texts whose ids are recorded whole, so that a failure can be read: the edges of algorithms.md 9.3 and then some."""

FAMILY = "\U0001F468\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466"

EDGES = [
    # Nothing, and what vanishes or is white.
    "", " ", "   ", "\t", "\n", "\r\n", "\0", "a\0b", "\ufffd", "a\ufffdb", "\ufeff", "\ufeffhello", "a\u00adb", "soft\u00adhyphen",
    "a\u200bb", "zero\u200cwidth\u200djoiners", "a\u2060b", "tab\tseparated\tvalues", "line\nbreak\r\nand\rreturn", "a\x0bb", "a\x0cb",
    "a\x85b", "a\xa0b", "NBSP\u00a0between", "a\u1680b", "a\u180eb", "a\u2000b", "a\u2007b", "a\u2028b", "a\u2029b", "a\u202fb",
    "a\u205fb", "a\u3000b", "a\x1bb", "\x1b[31mred\x1b[0m", "a\x7fb", "a\ue000b", "a\U000F0000b", "a\u0378b", "\u061c", "a\u061cb",
    "left\u200eto\u200fright", "\u202eoverride\u202c", "\u2066isolate\u2069", "  leading and trailing  ",
    # Accents, case, composition.
    "café", "cafe\u0301", "CAFÉ", "Cafe\u0301s", "naïve", "e\u0301\u0323\u0302", "a\u0323\u0301 a\u0301\u0323", "İ", "İstanbul", "I\u0307",
    "ı", "ß", "ẞ", "STRASSE Straße", "ΑΣ", "ΣΑΣ ΟΔΟΣ", "ὈΔΥΣΣΕΎΣ", "ǅ ǈ ǋ", "ŉ", "ǰ", "ﬁne ﬂow", "ſ", "K Å Ω", "½ ² ³ ¹", "Ⅷ ⅷ",
    "ＦＵＬＬ ｗｉｄｔｈ", "\u0345", "α\u0345", "a\u0334\u0345", "a\u034fb", "\u0301", "\u0301a", "a \u0301b", "q\u0307\u0323", "Ǆ", "ᾳ ᾼ ῌ",
    "µ", "Ω", "ϴ", "Ⴀ Ა ა", "Ꭰ ꭰ", "𐐀 𐐨", "Ⱥ ⱥ", "ẘ ẙ ẚ", "\u0300" * 300, "a" + "\u0316\u0301" * 200,
    # Marks that stay, and their order.
    "\u302f\u302e", "a\u302f\u302eb", "a\u0301\u302eb", "\u08e3\u08d4", "x\u08d4\u034f\u08e3", "\U0001D15E\U0001D16E", "\U0001D15F\U0001D165",
    "b\U0001E000\u0327\U0001E001", "\ua9c0\u1b44", "\U0001E944\U0001E94A", "a\U00011442\U00011446",
    # Scripts.
    "हिन्दी", "क़", "क\u093c", "ড়", "தமிழ்", "ொ", "ภาษาไทย", "น้ำ", "ລາວ", "မြန်မာ", "ភាសា", "བོད", "עִבְרִית", "שּׁ", "العَرَبِيَّة", "ﷺ", "لا ﻻ",
    "한국어", "가", "각", "힣", "\u1100\u1161", "\u1100\u1161\u11a8", "가\u11a8", "ᄒᆞᆫ", "ㄱ", "がぎぐげご", "か\u3099", "パピプ", "ｶﾞ", "ゔ", "々〆〇",
    "中文", "中文English混ざる", "中a文", "𠀀𪜀𫝀", "\U0002B820\U0002B920", "\u9fff\u4dff\u4dc0", "豈更車", "\uf900", "\U0002F800\U0002FA1D",
    "㐀䶵", "〸〹〺", "⺀⼀", "㈀㋿", "ꀀꒌ", "ᠮᠣᠩᠭᠣᠯ", "ᏣᎳᎩ", "ᚠᚢᚦ", "𒀀𒁀", "𓀀𓂀", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢", "𝟘𝟙𝟚", "①②③",
    # Emoji.
    "😀", "😀😀😀", FAMILY, f"a{FAMILY}b", "👍🏽", "🇩🇪", "❤\ufe0f", "✈\ufe0e", "1\ufe0f\u20e3", "🏴\U000E0067\U000E0062\U000E007F", "hi😀there",
    # Punctuation and symbols.
    "don't", "DON'T!!", "it’s", "“quoted”", "C++", "c#", "f(x)=y^2", "a+b<c>=d", "$9.99", "50%", "a_b", "a-b", "e-mail", "~`|\\", "...", "…",
    "@user #tag", "3.14", "1,000,000", "1e-9", "0x1F", "-5", "+5", "12:30", "2024-01-31", "https://example.org/a?b=c&d=%20#e",
    "name@example.org", "/usr/local/bin", "C:\\temp\\x", "x*y**z", "¿qué?", "¡no!", "«oui»", "§5", "¶", "†‡", "€£¥₹", "°", "№", "™©®",
    "a·b", "·", "‐‑‒–—―", "\u2e31\u2e43\u2e52", "\u055a\u0589", "\u05be\u05f3", "\u060c\u061b\u061f", "\u0964\u0965", "\u3001\u3002", "！？",
    "\u10fb", "\u1361", "\u0e5a", "\u104a", "\u17d4", "\u1800", "\u30fb", "\ufe30", "\uff0f", "\U00010100", "\U0001DA87", "≠ ≮ ≯", "\u037e",
    "\u1fef", "\u2260", "\u226e",
    # Words.
    "unaffable", "hyperparameter", "antidisestablishmentarianism", "xqzjk", "zzzzzzzzzzzzzzzzzzzz", "word" * 25, "word" * 25 + "s", "a" * 99,
    "a" * 100, "a" * 101, "é" * 100, "é" * 101, "e\u0301" * 100, "가" * 33, "가" * 34, "각" * 33 + "a", "각" * 33 + "aa", "中" * 150, "!" * 150,
    "a\u00ad" * 100, "a\u200b" * 101, "a" * 100 + " b", "a" * 101 + " b", "a" * 101 + ".b", "😀" * 101, "##", "##ing", "a##b", "[unused1]",
    "the " * 300, "supercalifragilisticexpialidocious " * 3, "word " * 254, "word " * 255, "12345678901234567890",
    # Special tokens.
    "[CLS]", "[SEP]", "[MASK]", "[PAD]", "[UNK]", "[cls]", "[Sep]", "[ SEP]", "[SEP", "SEP]", "[[SEP]]", "[SEP][SEP]", "a[SEP]b", "a [SEP] b",
    "say [MASK] please", "[CLS]hello[SEP]", "\u200b[SEP]\u200b", "[S\u200bEP]", "[SEP\u0301]", "e[SEP]\u0301", "\t[SEP]\n", "[PAD][PAD]",
    "中[SEP]文", "[MASK]ed", "un[MASK]", "[UNK][CLS][SEP][MASK][PAD]",
    # Code.
    "def f(x):\n\treturn x**2  # square\n", "if (a && !b) { c->d[i]++; }", "<p class=\"x\">&nbsp;</p>", "{\"a\": [1, 2.5, null]}",
    "SELECT * FROM t WHERE x != 'y';", "\\frac{1}{2} \\alpha_{i}^{2}", "printf(\"%s\\n\", x);",
]  # fmt: skip

# Malformed UTF-8, which becomes U+FFFD and then nothing.
MALFORMED = [
    b"\xff", b"a\xffb", b"\x80", b"a\x80b", b"\xc3", b"caf\xc3", b"caf\xc3 e", b"\xc0\xaf", b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf",
    b"\xed\xa0\x80", b"a\xed\xbf\xbfb", b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xe4\xb8", b"\xe4\xb8\xe4\xb8\xad", b"\xf0\x9f\x98",
    b"\xf0\x9f\x98 \xf0\x9f\x98\x80", b"\xf0\x9f[SEP]", b"\xe4[CLS]\xb8", b"[SE\xffP]", b"\xfe\xfe\xff\xff", b"a\xc3(b", b"\xe2\x82",
    b"\xe2\x82\xac\xe2\x82", b"\xc3\xa9\xc3", b"\xf8\x88\x80\x80\x80", b"\xfc\x84\x80\x80\x80\x80", b"tail \xe0", b"\xe1\xa0\xc0",
]  # fmt: skip

LITERALS = EDGES + MALFORMED
