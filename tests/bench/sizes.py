"""Databases of several sizes, measured in turns: what is slow for a minute on this machine is slow for all of them.

Each size has a process of its own, which answers the parent line by line. Measured one after the other, a slow minute
of one size would read as growth.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

ANSWER = "= "
type Ask = Callable[..., Any]
type Answers = Mapping[str, Callable[..., Any]]


@contextmanager
def processes(module: str, environments: Mapping[int, dict[str, str]]) -> Iterator[dict[int, Ask]]:
    """For each size a process of `module --measure`, which is asked by `ask(what, page)` and answers what JSON can say.

    Errors: StopIteration when a process ended instead of answering; its error is on stderr.
    """
    with ExitStack() as stack:
        yield {size: stack.enter_context(_process(module, found)) for size, found in environments.items()}


@contextmanager
def _process(module: str, environment: dict[str, str]) -> Iterator[Ask]:
    from tests.bench.worklist_data import ROOT

    command = [sys.executable, "-m", module, "--measure"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as child:
        assert child.stdin
        assert child.stdout

        def ask(what: str, page: str = "") -> Any:
            print(what, page, file=child.stdin, flush=True)
            return json.loads(next(line for line in child.stdout or () if line.startswith(ANSWER))[len(ANSWER) :])

        yield ask
        child.stdin.close()


def answer(answers: Answers) -> None:
    """Within such a process: answer by the function of what is asked, until nothing more is."""
    for line in sys.stdin:
        what, *page = line.strip().split(" ", 1)
        print(f"{ANSWER}{json.dumps(answers[what](*page))}", flush=True)


def in_turns[T](sizes: Mapping[int, Ask], page: str, turns: int) -> dict[int, list[T]]:
    """What each size says of its `times` of that page, asked in turns."""
    found: dict[int, list[T]] = {size: [] for size in sizes}
    for _ in range(turns):
        for size, ask in sizes.items():
            found[size] += ask("times", page)
    return found
