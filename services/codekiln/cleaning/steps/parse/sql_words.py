"""How statements of SQL begin, those of procedures and of clients too, over the dialects."""

from __future__ import annotations

import re

_FIRST = frozenset(
    b"""
    abort alter analyze analyse attach audit backup begin break bulk cache call case checkpoint close cluster comment
    commit connect continue copy create cursor database dbcc deallocate declare delete deny desc describe detach
    disable discard disconnect do drop dump else elseif elsif enable end exception exec execute exists exit
    explain export fetch flush for foreach forall from function get go goto grant handler if import index
    insert install into is iterate kill leave let listen load lock loop merge move msck notify null on
    open optimize order over pivot pragma prepare print procedure purge put raise raiserror reassign reconfigure refresh
    reindex release rename repeat replace replication reset resignal restore return revert revoke rollback savepoint
    security select set show shutdown signal start stop summarize system table throw trigger truncate type uncache union
    unlink unlisten unload unlock unset until unpivot update upsert use using vacuum values view waitfor when where while
    with within xa immutable stable volatile language as returns cost strict parallel public primary foreign unique
    constraint key perform assert alias package body pipe rem remark whenever define undefine variable var
    accept col column ttitle subtype member map constructor static overriding final not instantiable self clear
    host timing after before instead collect locking help sel del ins upd def else elsif then add noaudit flashback associate exchange apply undrop list optimise emit source nested
    """.split()
)
_BEGINS = re.compile(rb"\s*(?:<<\s*\w+\s*>>\s*|\w+:(?![:=])\s+)?([A-Za-z_]+)")
_OTHER = re.compile(
    rb"""
    \s*(?:
        \(+\s*(?:select|with|values|table)\b             # a query in brackets
        | [\w."\[\]@:$&\#]+\s*(?:\([^()]*\)\s*)?(?::=|[-+*/|]?=|\()  # an assignment or a call
        | \(\s*\w[\w.]*\s+as\s+\w+\s*\)\s*\.             # a method of the type above
        | (?:\w+\.)*(?:sp|xp|usp)_\w+
        | @ | : | &\w | \$(?:if|else|elsif|end|error|then)\b
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ENDED = re.compile(
    rb"""
    \s*(?:
        [\w$\#]+\s+(?:constant\s+)?[\w.%"@$\#]+(?:\s*\([\w, *]*\))?(?:\s*%\w+)?\s*(?:$|:=|default\b|not\ null)
        | [\w$\#]+\s+(?:constant\s+)?(?:interval|timestamp|table|varray|ref|exception)\b
        | [\w.$\#"]+\s*$
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""A variable's declaration, a procedure without arguments: any two words, so only with a `;` behind."""


def is_statement(text: bytes, *, ended: bool) -> bool:
    """Whether a text without strings and comments begins as a statement does. `ended`: by `;` or what else ends one."""
    if not text.strip():
        return True
    match = _BEGINS.match(text)
    if match and match[1].lower() in _FIRST:
        return True
    return _OTHER.match(text) is not None or (ended and _ENDED.match(text) is not None)


_BLOCK = re.compile(
    rb"""
    \b(?:
        (?P<transaction>begin\s*(?:;|$|\b(?:tran|transaction|work|deferred|immediate|exclusive|concurrent|isolation|read
            |not\s+deferrable|distributed|dialog|conversation)\b))
        | (?P<open>begin|case)\b(?!\s*[,=.)])
        | end[ \t]+(?:if|loop|while|repeat|for)\b
        | (?P<end>end(?:\s+case)?)\b
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)


def unfinished(code: bytes) -> bool:
    """Whether a `begin` or `case` has no `end`. An `end` too many says nothing: packages have one, and transactions."""
    depth = 0
    for match in _BLOCK.finditer(code):
        if match.lastgroup == "open":
            depth += 1
        elif match.lastgroup == "end":
            depth = max(0, depth - 1)
    return depth > 0
