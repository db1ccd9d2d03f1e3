"""Names a file's language as github-linguist does, by its tables: about 830 languages, and the rule that decided.

`candidates(path)` needs no content and decides whether a file is read at all; `detect(path, content)` names one.
Linguist's last step, a statistical classifier, has no counterpart: the more common language of an extension stands.
"""

from codekiln.core.language.detection import Detection, candidates, detect
from codekiln.core.language.tables import LANGUAGES, Language

__all__ = ["LANGUAGES", "Detection", "Language", "candidates", "detect"]
