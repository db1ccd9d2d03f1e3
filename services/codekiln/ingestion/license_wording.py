"""The words by which a licence is known: of its text, of a notice that it asks for, of its name. Data only."""

from __future__ import annotations

PHRASES: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = [
    # identifier, phrases that must be there, phrases that must not
    ("Apache-2.0", ("apache license version 2 0 january 2004",), ()),
    ("MIT-0", ("permission is hereby granted free of charge to any person obtaining a copy of this software",),
     ("permission notice", "redistributions of source code must retain")),
    ("NCSA", ("permission is hereby granted free of charge to any person obtaining a copy of this software",
              "redistributions of source code must retain the above copyright notice"), ()),
    ("MIT", ("permission is hereby granted free of charge to any person obtaining a copy",
             "the above copyright notice and this permission notice"), ()),
    ("BSD-4-Clause", ("redistribution and use in source and binary forms", "all advertising materials mentioning"), ()),
    ("BSD-3-Clause", ("redistribution and use in source and binary forms", "to endorse or promote products"),
     ("all advertising materials mentioning",)),
    ("BSD-2-Clause", ("redistribution and use in source and binary forms",
                      "redistributions in binary form must reproduce the above copyright notice"),
     ("to endorse or promote products", "all advertising materials mentioning")),
    ("ISC", ("permission to use copy modify and", "distribute this software for any purpose with or without fee is "
             "hereby granted provided that the above copyright notice"), ()),
    ("0BSD", ("distribute this software for any purpose with or without fee is hereby granted the software",), ()),
    ("MPL-2.0", ("mozilla public license version 2 0", "1 definitions"), ()),
    ("GPL-2.0-only", ("gnu general public license version 2 june 1991",), ()),
    ("GPL-3.0-only", ("gnu general public license version 3 29 june 2007",), ()),
    ("LGPL-2.0-only", ("gnu library general public license version 2 june 1991",), ()),
    ("LGPL-2.1-only", ("gnu lesser general public license version 2 1 february 1999",), ()),
    ("LGPL-3.0-only", ("gnu lesser general public license version 3 29 june 2007",), ()),
    ("AGPL-3.0-only", ("gnu affero general public license version 3 19 november 2007",), ()),
    ("Unlicense", ("this is free and unencumbered software released into the public domain",), ()),
    ("PSF-2.0", ("python software foundation license version 2",), ()),
    ("CC0-1.0", ("cc0 1 0 universal",), ()),
    ("Zlib", ("this software is provided as is without any express or implied warranty",
              "altered source versions must be plainly marked as such"), ()),
    ("BSL-1.0", ("boost software license version 1 0",), ()),
    ("EPL-2.0", ("eclipse public license v 2 0",), ()),
    ("EPL-1.0", ("eclipse public license v 1 0",), ()),
    ("Artistic-2.0", ("the artistic license 2 0",), ()),
    ("WTFPL", ("do what the fuck you want to public license",), ()),
    ("ZPL-2.1", ("zope public license zpl version 2 1",), ()),
    ("BUSL-1.1", ("business source license 1 1",), ()),
]  # fmt: skip
NOTICES: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = [
    # How a file says that it is under a licence whose text is elsewhere.
    ("Apache-2.0", ("under the apache license version 2 0", "not use this file except in compliance"), ()),
    ("MPL-2.0", ("subject to the terms of the mozilla public license v 2 0",), ()),
    # No licence of SPDX's: it takes the right to sell from the one beside it.
    ("LicenseRef-Commons-Clause", ("commons clause license condition",), ()),
]  # fmt: skip
STATED: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = [
    # Names and beginnings of licences that SPDX lacks or people only point at. None of them is permissive.
    ("BUSL-1.1", ("business source license",), ()),
    ("SSPL-1.0", ("server side public license",), ()),
    ("Elastic-2.0", ("elastic license 2 0",), ()),
    ("EUPL-1.2", ("eupl version 1 2",), ()),
    ("EUPL-1.2", ("licensed under the eupl 1 2",), ()),
    ("EUPL-1.1", ("eupl version 1 1",), ()),
    ("EPL-1.0", ("eclipse public license v1 0",), ()),
    ("EPL-1.0", ("eclipse public license version 1 0",), ()),
    ("EPL-2.0", ("eclipse public license v2 0",), ()),
    ("EPL-2.0", ("eclipse public license version 2 0",), ()),
    ("EPL-2.0", ("eclipse public license 2 0",), ()),
    ("MPL-1.1", ("mozilla public license version 1 1",), ()),
    ("CDDL-1.0", ("common development and distribution license",), ()),
    ("LicenseRef-Llama", ("llama", "community license agreement"), ()),
    ("LicenseRef-RAIL", ("open rail",), ()),
    ("LicenseRef-RAIL", ("openrail",), ()),
    ("LicenseRef-RAIL", ("responsible ai license",), ()),
    ("Artistic-1.0-Perl OR GPL-1.0-or-later", ("the same terms as perl",), ()),
    ("Artistic-1.0-Perl OR GPL-1.0-or-later", ("the same terms as the perl 5 programming language",), ()),
]  # fmt: skip
