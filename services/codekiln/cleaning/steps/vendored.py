"""Vendored files: copies of other people's code, told by their path. They come in again from their own repository.

The rules follow what linguist calls vendored, in our own words.
"""

from __future__ import annotations

import re

from codekiln.cleaning.document import Document, Drop

RULES: tuple[tuple[str, str], ...] = (
    ("node_modules", r"(?:^|/)(?:node_modules|bower_components|jspm_packages|web_modules)/"),
    (
        "vendor folder",
        r"(?:^|/)(?:_?vendor(?:ed|s)?|_vendored_packages|third[-_]?party|3rd[-_]?party|external_libs?|extern(?:al)?|Godeps|Pods|Carthage)/",
    ),
    ("build output", r"(?:^|/)(?:dist|\.next|\.nuxt|\.output|__pycache__|\.tox|\.eggs|\.gradle|\.yarn|\.pnp)/"),
    (
        "virtual environment",
        r"(?:^|/)(?:\.venv|\.?v?env/(?:lib|lib64|bin|include|Lib|Scripts|Include)|site-packages|dist-packages)/",
    ),
    ("editor or tool folder", r"(?:^|/)(?:\.git|\.svn|\.hg|\.idea|\.vscode|\.osx|\.sublime-project)/"),
    (
        "bundled library",
        r"(?:^|/)(?:jquery|bootstrap|angular|react|vue|d3|lodash|underscore|backbone|moment|mootools|prototype|dojo|ember|raphael|modernizr|mathjax|highlight|prettify|require|tinymce|ckeditor|codemirror|leaflet|three|socket\.io|normalize|font-?awesome)(?:[-.][\w.-]*)?\.(?:js|css)$",
    ),
    (
        "bundled folder",
        r"(?:^|/)(?:ckeditor|tiny_?mce|MathJax|MochiKit|fancybox|yui|gradle/wrapper|bourbon|foundation)/",
    ),
    (
        "build script of a tool",
        r"(?:^|/)(?:gradlew(?:\.bat)?|mvnw(?:\.cmd)?|configure|config\.guess|config\.sub|aclocal\.m4|libtool\.m4|lt\w+\.m4|ltmain\.sh|depcomp|install-sh|missing|compile|waf|ez_setup\.py|versioneer\.py|get-pip\.py)$",
    ),
    ("file of a bundled tool", r"(?:^|/)(?:Jenkinsfile\.generated|yarn\.lock|\.pnp\.(?:c|m)?js)$"),
)

_ANY = re.compile("|".join(f"(?P<r{i}>{rule})" for i, (_, rule) in enumerate(RULES)), re.IGNORECASE)


class VendoredStep:
    """Drops files whose path says that they come from elsewhere."""

    name = "vendored"

    def apply(self, document: Document) -> Document | Drop:
        found = _ANY.search(document.path)
        if found is None:
            return document
        return Drop("vendored", RULES[int((found.lastgroup or "r0")[1:])][0])
