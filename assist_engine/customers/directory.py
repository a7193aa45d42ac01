"""Finds the customer who calls, by number, in a folder of customer files."""

from collections.abc import Mapping
from pathlib import Path

from assist_engine.contract.values import CustomerProfile
from assist_engine.customers.caller_number import normalise
from assist_engine.customers.profile import CustomerFile, parse_customer
from assist_engine.customers.profile import KnownCustomer as KnownCustomer
from assist_engine.errors import BadInput


class Directory:
    """Customers by caller number. `problems` are the files that could not be read."""

    def __init__(
        self,
        customers: Mapping[str, KnownCustomer],
        *,
        problems: tuple[BadInput, ...] = (),
        region: str = "US",
    ) -> None:
        self._by_number = dict(customers)
        self._region = region
        self.problems = problems

    @classmethod
    def load(cls, folder: Path, *, now_ms: int, region: str = "US") -> "Directory":
        """Read every `*.yaml` of a folder; times count back from `now_ms` (ms since 1970).

        A file that cannot be read is a problem (`BadInput` with file and line) and the others
        load. Raises `BadInput` when there is no such folder.
        """
        if not folder.is_dir():
            raise BadInput(f"{folder}: no such folder; customer files (*.yaml) are read from it")
        files: list[tuple[Path, CustomerFile]] = []
        problems: list[BadInput] = []
        for path in sorted(folder.glob("*.yaml")):
            try:
                files.append((path, _read(path, now_ms=now_ms, region=region)))
            except BadInput as problem:
                problems.append(problem)
        customers, shared = _by_number(files)
        return cls(customers, problems=(*problems, *shared), region=region)

    def __len__(self) -> int:
        return len({known.profile.customer_id for known in self._by_number.values()})

    def find(self, caller_number: str) -> KnownCustomer | None:
        """The customer with this number in any spelling, or None."""
        number = normalise(caller_number, region=self._region)
        return None if number is None else self._by_number.get(number)

    def profile(self, customer_id: str) -> CustomerProfile | None:
        """The record of a customer, or None where they are no longer known."""
        profiles = (known.profile for known in self._by_number.values())
        return next((one for one in profiles if one.customer_id == customer_id), None)


def _read(path: Path, *, now_ms: int, region: str) -> CustomerFile:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{path.name}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{path.name}, line 1: not UTF-8 text") from error
    return parse_customer(text, source=path.name, now_ms=now_ms, region=region)


def _by_number(
    files: list[tuple[Path, CustomerFile]],
) -> tuple[dict[str, KnownCustomer], list[BadInput]]:
    """Customers by number. A number of two customers identifies neither: it is a problem."""
    claims: dict[str, list[tuple[Path, KnownCustomer]]] = {}
    for path, file in files:
        for number in dict.fromkeys(file.numbers):
            claims.setdefault(number, []).append((path, file.known))
    problems = [
        BadInput(
            f"{' and '.join(path.name for path, _ in claimed)}: both have {number}; "
            "it identifies nobody until one file drops it"
        )
        for number, claimed in claims.items()
        if len(claimed) > 1
    ]
    return {n: claimed[0][1] for n, claimed in claims.items() if len(claimed) == 1}, problems
