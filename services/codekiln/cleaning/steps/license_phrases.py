"""What lines of licence headers say, and which lines of a first comment a tool reads. Data only.

Phrases are those that the standard headers and texts of SPDX's permissive and copyleft licences have in common.
"""

# ruff: noqa: E501
from __future__ import annotations

import re

from codekiln.cleaning.patterns import expression

LICENSE = expression(
    r"copyright[ \t]*(?:\(c\)|\xc2\xa9|&copy;|:|by\b|19\d\d|20\d\d|\$|[a-z-]+[ \t]+(?:19|20)\d\d)|\(c\)[ \t]*(?:copyright|19\d\d|20\d\d)"
    r"|\xc2\xa9[ \t]*(?:copyright|19\d\d|20\d\d)|copyright [A-Z][\w., ]{1,60}(?:authors|contributors|inc|llc|ltd|foundation)\b"
    r"|portions copyright|all rights reserved|spdx-(?:license-identifier|filecopyrighttext|snippet)"
    r"|licensed (?:under|to the|to you|materials)|released under the|(?:distributed|available|published|covered|subject to|governed) (?:under|by|to)? ?the (?:terms|mit|bsd|apache|gnu|gpl|boost|mozilla|zlib)"
    r"|permission is hereby granted|permission to use, copy|redistribution and use in source|redistributions (?:of|in) "
    r"|software is provided|is provided [\"'`]*as[ -]is|in no event (?:shall|will)|without (?:any )?(?:express or implied )?warrant"
    r"|is free software|free software foundation|general public license|gnu (?:lesser|affero|library)"
    r"|you may not use this file|except in compliance with the license|unless required by applicable law"
    r"|(?:apache|mit|bsd|isc|mozilla public|eclipse public|boost software|zlib|unlicense)[ \t-](?:style )?licen[cs]e|bsd-style"
    r"|use of this source code is governed|this (?:source )?(?:code|file|software) is (?:licensed|subject|governed|released|covered|in the public domain)"
    r"|(?:above|this) copyright notice|neither the name of|governing permissions and limitations"
    r"|see (?:the )?(?:accompanying )?(?:licen[cs]e|copying|notice)(?:\.\w+|-\w+|[ \t]+(?:file|in\b|for\b|at\b))|@(?:license|licence|copyright|preserve)\b"
    r"|licen[cs]e(?::|[ \t]*=)[ \t]*\S|http\S+/licenses?(?:/|\b)|opensource\.org"
    r"|\bthis file is part of|full copyright and licen[cs]e information|\(c\)[ \t][^\n]{2,60}<[^\n>@]+@|</?copyright\b|derivative works of this"
    r"|저작권[ \t]*(?:\(c\)|자|소유|ⓒ|©)|모든 권리|라이(?:선|센)스(?:를|에|는|가|의)?[ \t]*(?:따|하에|적용|배포|조건)|무단[ \t]*(?:전재|복제|배포)"
    r"|版权所有|版權所有|保留所有权利|著作権",
    caseless=True,
)
"""A line of a header. Bytes, case ignored."""

CERTAIN = expression(
    r"copyright|\xc2\xa9|spdx-|licensed under|licensed to|permission is hereby|all rights reserved|redistribution and use"
    r"|source code is governed|general public license|public domain|permission to use, copy|licen[cs]e:|@licen[cs]e"
    r"|(?:distributed|released|available|published) under|저작권[ \t]*(?:\(c\)|자|소유|ⓒ|©)|版权所有|版權所有|著作権",
    caseless=True,
)
"""What a first comment must say once to count as a header at all."""

READ_BY_TOOLS = re.compile(
    rb"^\W*(?:-\*-|vim?:|ex:|(?:file)?(?:en)?coding[:=]|go:|\+build|eslint|@ts-|prettier|pylint|type: |mypy:|noqa|flake8|ruff|isort"
    rb"|fmt: |black|clang-|frozen_string_literal|warn_indent|typed:|cython:|distutils:|distutils |@flow|@jest|@format|@noflow|@jsx"
    rb"|@ts-|use strict|<reference|@providesmodule|nolint|rubocop|shellcheck|tslint|jshint|jslint|globals? |swift-tools|syntax=|escape="
    rb"|swiftlint|nvcc|cgo|export |!nsis|kate:|local variables|hadolint|phpcs|@codingstandards|phpstan|psalm|istanbul|webpack|@vue/|\$id)",
    re.IGNORECASE,
)
"""Lines that change what a tool does: they stay wherever they stand."""
