"""Add to the wheel what git does not hold: compiled translations, and the fonts and icons, if they can be fetched."""

import sys
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):
    """Runs before the files of the wheel are collected."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the catalogues beside their sources and fetch the fonts and icons."""
        root = Path(self.root)
        for catalogue in root.glob("briefings/translations/*/LC_MESSAGES/messages.po"):
            _compile(catalogue)
        sys.path.insert(0, self.root)
        from briefings import assets  # the build starts outside the project's folder

        assets.main()


def _compile(catalogue: Path) -> None:
    with catalogue.open("rb") as source, catalogue.with_suffix(".mo").open("wb") as target:
        write_mo(target, read_po(source, locale=catalogue.parts[-3]))
