"""Fuzz the formulation grammar: every text is read or refused by name, and quickly.

    python tests/fuzz/fuzz_formulations.py --seconds 480

With `atheris` installed the search is guided by coverage, else by mutations of the shipped
formulations alone. A crash ends the run and prints the text that caused it; add such a text
to REGRESSIONS of tests/datasets/electrolytes/test_any_formulation.py.
"""

from __future__ import annotations

import argparse
import heapq
import random
import re
import resource
import sys
import time
from pathlib import Path

try:
    import atheris
except ImportError:
    atheris = None

if atheris is None:
    from anolyte.datasets.compounds.registry import CompoundRegistry, shipped_compounds
    from anolyte.datasets.electrolytes.grammar import parse
    from anolyte.datasets.errors import FormulationError
    from anolyte.datasets.measurements.table import load_measurements
else:
    with atheris.instrument_imports(
        include=[
            "anolyte.datasets.electrolytes.grammar",
            "anolyte.datasets.electrolytes.phrases",
            "anolyte.datasets.electrolytes.electrolyte",
            "anolyte.datasets.compounds.registry",
            "anolyte.datasets.compounds.smiles",
        ]
    ):
        from anolyte.datasets.compounds.registry import CompoundRegistry, shipped_compounds
        from anolyte.datasets.electrolytes.grammar import parse
        from anolyte.datasets.errors import FormulationError
        from anolyte.datasets.measurements.table import load_measurements

KEPT = 500
LONGEST = 4200
PIECES = (
    *("1", "0", "?", "1e309", "5e-324", "nan", "inf", "9" * 400, "-1", "1,5", "٣", "½", "１"),
    *(" in ", " + ", "/", ":", "-", "–", "·", "(", ")", "[", "]", "{", "}", "（", "）", "："),
    *("M ", "m ", "mM ", "wt% ", "vol% ", "mol% ", "ppm ", "% ", "mol/L ", "(1:1 v/v)", "(? w/w)"),
    *("EC", "DME", "LiFSI", "LiPF6", "{COCCOC}", "{[LI+]}", "{C1CC1}", "{[Li+].[F-]}", "{C C}"),
    *("\n", "\t", "\x00", "\u200b", "\ufeff", "\u202e", "\ufdfa", "İ", "ß", "\U0001f9ea", "\xa0"),
    *("C%10", "=O", "[C@@H]", "c1ccccc1", "[U]", "*", "$", "1" * 9, " by ", "v/v", "mol/mol"),
)


def mutated(text: str, rng: random.Random) -> str:
    """Return a text after one to six slips of the pen."""
    for _ in range(rng.randint(1, 6)):
        text = slip(text, rng)[:LONGEST]
    return text


def slip(text: str, rng: random.Random) -> str:
    """Return a text after a deletion, duplication, swap, nesting or insertion."""
    start = rng.randint(0, len(text))
    end = min(len(text), start + rng.choice((1, 2, 8, 60)))
    head, part, tail = text[:start], text[start:end], text[end:]
    new = (
        "",
        part * rng.choice((2, 3, 31, 401)),
        part[::-1],
        rng.choice("([{") + part + rng.choice(")]}"),
        rng.choice(PIECES) + part,
        rng.choice(PIECES) * rng.choice((2, 25, 900)),
        chr(rng.randrange(0x3000)),
    )
    return head + rng.choice(new) + tail


class Watch:
    """Runs texts through the grammar, counting and timing."""

    def __init__(self, report: Path) -> None:
        self.report_file = report
        # Not the shipped one itself, for which `parse` remembers its answers.
        self.registry = CompoundRegistry(shipped_compounds())
        self.started = time.monotonic()
        self.runs = self.read = self.refused = 0
        self.slowest: list[tuple[float, str]] = []
        self.times: list[float] = []

    def run(self, text: str) -> None:
        """Parse a text; let pass an electrolyte that survives its own text, or a named refusal."""
        start = time.process_time()
        try:
            electrolyte = parse(text, self.registry)
        except FormulationError as error:
            taken = time.process_time() - start
            self.refused += 1
            check_refusal(error)
        else:
            taken = time.process_time() - start
            self.read += 1
            assert parse(str(electrolyte), self.registry) == electrolyte, text
        self.runs += 1
        self.times.append(taken)
        add = heapq.heappush if len(self.slowest) < KEPT else heapq.heappushpop
        add(self.slowest, (taken, text))
        # libFuzzer leaves without a word to Python, so the report is kept up to date.
        if self.runs % 2000 == 0:
            self.report_file.write_text(self.report(), "utf-8")

    def report(self) -> str:
        """Return what happened in words."""
        times = sorted(self.times) or [0.0]
        at = {share: times[min(len(times) - 1, int(share * len(times)))] for share in (0.5, 0.99)}
        hundredth = sorted(self.slowest, reverse=True)[: max(1, self.runs // 100)]
        lines = [
            f"engine {'mutations' if atheris is None else 'atheris'}; {self.runs:,} executions "
            f"in {time.monotonic() - self.started:.0f} s: {self.read:,} read, "
            f"{self.refused:,} refused",
            f"CPU time: median {at[0.5] * 1e3:.2f} ms, 99 % within {at[0.99] * 1e3:.2f} ms, "
            f"slowest {times[-1] * 1e3:.1f} ms",
            f"largest memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB",
            f"the slowest {len(hundredth)} by shape:",
        ]
        shapes: dict[str, list[tuple[float, str]]] = {}
        for taken, text in hundredth:
            shapes.setdefault(shape(text), []).append((taken, text))
        for name, found in sorted(shapes.items(), key=lambda item: -item[1][0][0]):
            lines.append(f"  {len(found):4} {name}: up to {found[0][0] * 1e3:.1f} ms")
            lines.append(f"       {found[0][1][:140]!r} ({len(found[0][1])} characters)")
        return "\n".join(lines)


def check_refusal(error: FormulationError) -> None:
    """Raise if a refusal does not say where, why and what to do, in a message of some length."""
    assert error.faults
    assert all(fault.place and fault.reason and fault.remedy for fault in error.faults)
    assert len(str(error)) < 40_000


def shape(text: str) -> str:
    """Return in a word or two what a text is made of."""
    if "{" in text:
        longest = max(map(len, re.findall(r"\{([^}]*)", text)))
        return "a long structure" if longest > 60 else "structures"
    if len(text) > 1000:
        return "a long text"
    return "many names" if len(re.findall(r"[/+:]", text)) > 8 else "a short text"


def guided(watch: Watch, seeds: list[str], seconds: int, folder: Path) -> None:
    """Let atheris choose the texts; never returns."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(seeds):
        (folder / f"seed-{number:04d}").write_text(text, "utf-8")

    def mutator(data: bytes, size: int, seed: int) -> bytes:
        rng = random.Random(seed)
        if rng.random() < 0.3:
            return bytes(atheris.Mutate(data, size))
        return mutated(data.decode("utf-8", "replace"), rng).encode()[:size]

    arguments = [sys.argv[0], f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-timeout=20"]
    arguments += [f"-artifact_prefix={folder}/crash-", "-rss_limit_mb=4000", str(folder)]
    atheris.Setup(
        arguments, lambda data: watch.run(data.decode("utf-8", "replace")), custom_mutator=mutator
    )
    atheris.Fuzz()


def unguided(watch: Watch, seeds: list[str], seconds: int) -> None:
    """Mutate the seeds until the time is over."""
    rng = random.Random(0)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        text = mutated(rng.choice(seeds), rng)
        try:
            watch.run(text)
        except Exception:
            print(f"crash: {text!r}", file=sys.stderr)
            raise


def main() -> None:
    """Run the fuzzer and report."""
    options = argparse.ArgumentParser(description="Fuzz the formulation grammar.")
    options.add_argument("--seconds", type=int, default=480)
    options.add_argument("--corpus", type=Path, default=Path(".hypothesis/fuzz"))
    options.add_argument("--report", type=Path, default=Path(".hypothesis/fuzz.txt"))
    chosen = options.parse_args()
    seeds = sorted(set(load_measurements("all")["electrolyte"]))
    chosen.report.parent.mkdir(parents=True, exist_ok=True)
    watch = Watch(chosen.report)
    if atheris is not None:
        guided(watch, seeds, chosen.seconds, chosen.corpus)
    unguided(watch, seeds, chosen.seconds)
    print(watch.report())


if __name__ == "__main__":
    main()
