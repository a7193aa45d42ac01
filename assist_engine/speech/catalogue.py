"""The official Vosk models that `models install` knows by name.

The publisher gives no SHA-256. Those here were compared in two or more independent public
sources each (Arch Linux and OpenEmbedded package files, application repositories that pin them);
where none was found the field is empty and the first download is remembered instead.
"""

from typing import Final

import msgspec

from assist_engine.errors import BadInput

OFFICIAL_SITE: Final = "https://alphacephei.com/vosk/models"


class CatalogueEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A model on the official site. `size`: bytes of the archive, 0 where not known exactly."""

    name: str
    language: str
    about: str
    size_text: str
    size: int = 0
    sha256: str = ""
    licence: str = "Apache-2.0"

    def url(self, site: str = OFFICIAL_SITE) -> str:
        """Where the archive is, on the official site or a mirror of it."""
        return f"{site.rstrip('/')}/{self.name}.zip"


CATALOGUE: Final = (
    CatalogueEntry(
        name="vosk-model-small-en-us-0.15",
        language="en-US",
        about="small, quick; a first choice for one agent's computer",
        size_text="40 MB",
        size=41_205_931,
        sha256="30f26242c4eb449f948e42cb302dd7a686cb29a3423a8367f99ff41780942498",
    ),
    CatalogueEntry(
        name="vosk-model-en-us-0.22-lgraph",
        language="en-US",
        about="a fifth fewer errors than small",
        size_text="128 MB",
        size=130_557_655,
        sha256="d9838b4aaa82a75c4a17f5aca300eaca129aaab2a7cbf951bafbb500eb9c4334",
    ),
    CatalogueEntry(
        name="vosk-model-en-us-0.22",
        language="en-US",
        about="large, for servers: up to 16 GB of memory; 30 % word errors on call-centre speech",
        size_text="1.8 GB",
        sha256="47f9a81ebb039dbb0bd319175c36ac393c0893b796c2b6303e64cf58c27b69f6",
    ),
    CatalogueEntry(
        name="vosk-model-small-en-in-0.4",
        language="en-IN",
        about="small, Indian English",
        size_text="36 MB",
        size=37_573_330,
        sha256="20663dcac4d5cb783a579c54d98339344a688e4ec6e1b4a4b059fd1235454cc7",
    ),
    CatalogueEntry(
        name="vosk-model-small-de-0.15",
        language="de-DE",
        about="small",
        size_text="45 MB",
        size=46_499_967,
        sha256="b7e53c90b1f0a38456f4cd62b366ecd58803cd97cd42b06438e2c131713d5e43",
    ),
    CatalogueEntry(
        name="vosk-model-small-fr-0.22",
        language="fr-FR",
        about="small",
        size_text="41 MB",
        size=42_233_323,
        sha256="cabf6180e177eb9b3a9a9d43a437bd5e549f3a7d09525e5d69a3fed787be12ad",
    ),
    CatalogueEntry(
        name="vosk-model-small-es-0.42",
        language="es-ES",
        about="small",
        size_text="39 MB",
        size=39_817_833,
        sha256="09b239888f633ef2f0b4e09736e3d9936acfd810bc65d53fad45261762c6511f",
    ),
    CatalogueEntry(
        name="vosk-model-small-it-0.22",
        language="it-IT",
        about="small",
        size_text="48 MB",
        size=49_665_141,
        sha256="9ec65e75861d1c6c2e457cccd932705340dcdf233f5b239f00733b4de0bf3267",
    ),
    CatalogueEntry(
        name="vosk-model-small-pt-0.3",
        language="pt-BR",
        about="small",
        size_text="31 MB",
        size=32_453_112,
        sha256="6e1ce909032e1afa7a88e68a3d628ecafff302bdf195befab308826c395e93b7",
    ),
    CatalogueEntry(
        name="vosk-model-small-nl-0.22",
        language="nl-NL",
        about="small",
        size_text="39 MB",
        size=40_441_176,
        sha256="039811c3b829de64e4f123a9f684a53784005b212a346ac0b899dc7efce2ed0a",
    ),
    CatalogueEntry(
        name="vosk-model-small-hi-0.22",
        language="hi-IN",
        about="small",
        size_text="42 MB",
        size=44_458_845,
        sha256="7c50a10866889f0ac21d912c20537a055a597ed09fc1d3e5bcd798f9f0017e48",
    ),
    CatalogueEntry(
        name="vosk-model-small-ja-0.22",
        language="ja-JP",
        about="small",
        size_text="48 MB",
        size=49_704_573,
        sha256="efa092d280153a77615e9e0c7d7283e93e600de3d19d3bec686c57ef19d52eac",
    ),
    CatalogueEntry(
        name="vosk-model-small-ko-0.22",
        language="ko-KR",
        about="small",
        size_text="82 MB",
    ),
)


def entry(name: str) -> CatalogueEntry:
    """The model of that name, or `BadInput` that lists the names."""
    for known in CATALOGUE:
        if known.name == name:
            return known
    names = ", ".join(known.name for known in CATALOGUE)
    raise BadInput(f"there is no model {name} in the catalogue; there are: {names}")
