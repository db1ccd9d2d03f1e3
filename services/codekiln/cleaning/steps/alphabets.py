"""Letters of languages by the legacy encodings that they were written in. Data, in the order in which they are tried.

What is frequent is so in running text and in comments of programs; it need not be exact, only unlike what the wrong
encoding makes of it.
"""

# ruff: noqa: RUF001
from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class Alphabet:
    """The letters beyond ASCII that a language uses often and seldom, in small; `script` has all that it may meet."""

    script: frozenset[str]
    often: frozenset[str]
    seldom: frozenset[str] = frozenset()
    impossible: re.Pattern[str] | None = None
    """What no word of the language has: tells it from those whose letters become its own in the wrong encoding."""


def _range(first: int, last: int) -> frozenset[str]:
    return frozenset(map(chr, range(first, last + 1)))


LATIN = _range(0xAA, 0x24F) | frozenset("ẞƒ")
_CYRILLIC, _GREEK = _range(0x400, 0x52F), _range(0x370, 0x3FF)
_HEBREW, _ARABIC, _THAI = _range(0x5D0, 0x5F4), _range(0x620, 0x6D3), _range(0xE01, 0xE5B)


def _latin(*languages: str) -> tuple[Alphabet, ...]:
    """One alphabet a language."""
    return tuple(Alphabet(LATIN, frozenset(language)) for language in languages)


_PORTUGUESE = Alphabet(LATIN, frozenset("ãõáéíóúâêôçà"), impossible=re.compile("õ(?!e)|ã(?![oe]|s?$)"))
_WEST = (
    *_latin("äöüß", "éèàêçùâîôûëïœ", "áéíóúñü", "àèéìòù", "åäöé", "æøåé", "áéíóúæö", "ëïéöüèó"),
    _PORTUGUESE,
)
_CENTRAL = _latin("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áčďéíľĺňóôŕšťúýžä", "áéíóöőúüű", "ăâîşţ", "čćđšž")
_BALTIC = _latin("ąčęėįšųūž", "āčēģīķļņšūž")
_RUSSIAN = Alphabet(_CYRILLIC, frozenset("оеаинтсрвл"), frozenset("кмдпуяёйцгшщзхъфыжэчьбю"))
_UKRAINIAN = Alphabet(_CYRILLIC, frozenset("оаинтівресл"), frozenset("кумдпяїєґйцгшщзхфжчьбю"))
_GREEKS = Alphabet(_GREEK, frozenset("αοιετνσηρπκς"), frozenset("μλάέήίόύώβγδζθξυφχψω"))

CANDIDATES: dict[str, tuple[Alphabet, ...]] = {
    "cp1252": _WEST,
    "cp1251": (_RUSSIAN, _UKRAINIAN),
    "koi8_r": (_RUSSIAN,),
    "koi8_u": (_UKRAINIAN,),
    "cp866": (_RUSSIAN,),
    "gb18030": (),
    "big5": (),
    "cp932": (),
    "euc_jp": (),
    "cp949": (),
    "cp1250": _CENTRAL,
    "iso8859_2": _CENTRAL,
    "cp1253": (_GREEKS,),
    "cp1254": _latin("çğıöşüâî"),
    "cp1257": _BALTIC,
    "cp1255": (Alphabet(_HEBREW, frozenset("יוהלארתמשב"), frozenset("םגדזחטךכןנסעףפץצק")),),
    "cp1256": (Alphabet(_ARABIC, frozenset("اليمنروةتب"), frozenset("ءآأؤإئثجحخدذزسشصضطظعغفقكهىپچژگ")),),
    "cp874": (Alphabet(_THAI, frozenset("านรอกเงมยล"), _THAI),),
    "cp850": _WEST,
    "cp437": _WEST,
}
"""By Python's name of the encoding; where two read alike the first counts. None has letters: two bytes a character."""

HANDICAPS = {
    "koi8_r": 0.95, "koi8_u": 0.93, "cp866": 0.85, "cp949": 0.97, "big5": 0.97, "cp1250": 0.97, "iso8859_2": 0.95,
    "cp1253": 0.95, "cp1254": 0.95, "cp1257": 0.93, "cp1255": 0.95, "cp1256": 0.95, "cp874": 0.95, "cp850": 0.8,
    "cp437": 0.75,
}  # fmt: skip
"""Encodings that are less usual than others: a word or two may read well in them by chance."""

MARKS = _range(0xE31, 0xE31) | _range(0xE34, 0xE3A) | _range(0xE47, 0xE4E)
"""Vowels and tones of Thai, which stand over and under letters."""
SIGNS = frozenset("©®°«»“”‘’„‚–—…•·§±×µ€£¥²³¹½¼¾ªº¿¡™¶÷‹›№¬¦\xa0\xad")
"""Beyond ASCII, and at home in comments of every language."""
INSIDE_WORDS = frozenset("’·\xad")
RAISED = frozenset("¹²³ªº")
"""Small ones above the line: `m²` is usual, and a letter of another encoding more so."""
BOXES = _range(0x2500, 0x259F)

_PUNCTUATION = "、。，．：；？！（）【】《》「」『』〈〉“”‘’…—·～％＋－＝／＊　①②③→←↑↓■□●○◆★※"
_KANA = "".join(_range(0x3041, 0x3093) | _range(0x30A1, 0x30F6)) + "ー・"
FREQUENT: dict[str, frozenset[str]] = {
    "gb18030": frozenset(
        "的一是不了在有人我他这中大来上个国和为用到时要以们生可会数据文件如果返回使设置方法值类型对象名称参否则当前获取信息"
        "处理错误需列表字符串添加删除修改下成功失败开始结束请求服务器系统号码行接口输入出本地址页面按钮默认示例注意进程"
        + _PUNCTUATION
    ),
    "big5": frozenset(
        "的一是不了在有人我他這中大來上個國和為用到時要以們生可會數據文件如果返回使設置方法值類型對象名稱參否則當前獲取訊息"
        "處理錯誤需列表字串新增刪除修改下成功失敗開始結束請求服務伺器系統號碼行介面輸入出本地址頁按鈕預設範例注意程式檔案資料"
        + _PUNCTUATION
    ),
    "cp932": frozenset(_KANA + _PUNCTUATION + "日本時間数字列文件名設定変更取得処理行表示場合使用対象値"),
    "euc_jp": frozenset(_KANA + _PUNCTUATION + "日本時間数字列文件名設定変更取得処理行表示場合使用対象値"),
    "cp949": frozenset(
        "이다는을를의에가하고은지사한로서기어도리자수있으인시대정보니습합용해일그것들과나만여아라스제트오류파경우할없된되주세요설값생성"
        + _PUNCTUATION
    ),
}
"""Characters of every page and of comments."""

_ROWS = {
    "gb18030": ("gb2312", range(0xB0, 0xD8), range(0xA1, 0xFF)),
    "big5": ("big5", range(0xA4, 0xC7), (*range(0x40, 0x7F), *range(0xA1, 0xFF))),
    "cp932": ("euc_jp", range(0xB0, 0xD0), range(0xA1, 0xFF)),
    "euc_jp": ("euc_jp", range(0xB0, 0xD0), range(0xA1, 0xFF)),
    "cp949": ("euc_kr", range(0xB0, 0xC9), range(0xA1, 0xFF)),
}
"""Where the standards have the characters of every day: GB 2312's and JIS X 0208's first level, Big5's, Hangul."""


@cache
def common_characters(encoding: str) -> frozenset[str]:
    """Those of every day, of an encoding with two bytes a character."""
    name, leads, trails = _ROWS[encoding]
    return frozenset("".join(bytes([lead, trail]).decode(name, "ignore") for lead in leads for trail in trails))
