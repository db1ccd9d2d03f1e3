"""How statements of SQL begin, those of procedures and of clients too, over the dialects."""

from __future__ import annotations

import re

_FIRST = frozenset(
    b"""
    abort accept add administer after alias alter analyse analyze apply as assert associate async attach audit
    autocommit backup before begin binlog body break bulk cache call case check checkpoint checksum clear close cluster
    col collect column comment commit conn connect constraint constructor continue copy cost create cursor database
    dbcc deallocate declare def define del delete deny desc describe detach disable discard disconnect do drop dump
    else elseif elsif emit enable end exception exchange exec execute exists exit explain export fetch final flashback
    flush for forall force foreach foreign from fsck function get go goto grant handler help host if immutable import
    index ins insert install instantiable instead into is iterate key kill language leave let list listen load lock
    locking loop map member merge move msck nested noaudit not notify null on open optimise optimize order over
    overriding package parallel perform pipe pivot pragma prepare primary print procedure public purge put quiesce
    raise raiserror reassign rebind reconfigure recreate refresh reindex release reload rem remark rename reorg repack
    repair repeat replace replication reset resignal restart restore return returns revert revoke rollback run
    runscript runstats savepoint script security sel select self set show shutdown signal source stable start static
    stop strict subtype summarize suspend system table terminate then throw timing trigger truncate ttitle type uncache
    undefine undrop union unique unlink unlisten unload unlock unpivot unset until upd update upsert use using vacuum
    values var variable view volatile waitfor when whenever where while with within xa
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
        | in\s+autonomous\b                              # Firebird; `in` alone may be an `insert` that was cut off
        | \w+:\s*$                                       # a label at the end
        | @ | : | &\w | \$(?:if|else|elsif|end|error|then)\b
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ENDED = re.compile(
    rb"""
    \s*(?:
        [\w$\#]+\s+(?:constant\s+)?[\w.%"@$\#]+(?:\s*\([\w, *]*\))?(?:\s*%\w+)?\s*(?:$|:=|default\b|not\ null)
        | [\w$\#]+\s+(?:constant\s+)?(?:interval|timestamp|table|varray|ref|exception|cursor)\b
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
        | (?P<open>(?<!\.)(?:begin|case))\b(?!\s*[,=.);])
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
