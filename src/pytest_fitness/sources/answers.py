"""What rules have asked of single files, remembered between runs for as long as the file has the same content.

The kind of an import and what a line is within take a syntax tree, as do names of a third-party package; a rule that finds
something, has known violations, or names more than the package, asks the same in every run.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from pytest_fitness.sources.snapshot import Store

Question = tuple[object, ...]
"""Plain values all the way down, as answers are."""

Answer = TypeVar("Answer")


class Answers:
    """Answers by the module that they are about.

    Args:
        directory: where they are kept; None to remember nothing beyond this run.
        key: whatever they depend on beside the file.
    """

    def __init__(self, directory: Path | None, key: object) -> None:
        self._store = Store(directory, "answers", key)
        content = self._store.load()
        self._known: dict[str, tuple[bytes, dict[Question, Any]]] = marshal.loads(content) if content else {}  # noqa: S302
        self._is_new = False

    def get(
        self, module: str, digest: bytes, question: Question, answer: Callable[[], Answer], is_same: Callable[[], bool]
    ) -> Answer:
        """Return what was answered for a file of this *digest*, or *answer* it now; it is kept if the file *is_same*."""
        answers = self.known(module, digest)
        if question not in answers:
            found = answer()
            if is_same():  # or it was edited during the run
                self.keep(module, digest, question, found)
            return found
        known: Answer = answers[question]
        return known

    def known(self, module: str, digest: bytes) -> dict[Question, Any]:
        """Return all that was answered for a file of this *digest*."""
        before, answers = self._known.get(module, (digest, {}))
        return answers if before == digest else {}

    def keep(self, module: str, digest: bytes, question: Question, answer: object) -> None:
        """Remember an answer for a file of this *digest*."""
        answers = self.known(module, digest)
        answers[question] = answer
        self._known[module] = (digest, answers)
        self._is_new = True

    def save(self) -> None:
        """Remember new answers."""
        if self._is_new and self._store.file is not None:
            self._store.save(marshal.dumps(self._known))
        self._is_new = False
