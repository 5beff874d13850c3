"""run_jobs --until-idle: work off the queue in this process, for scripts and for machines without a worker."""

import time
from typing import Any

from django.core.management.base import CommandParser

from core.commands import OperatorCommand, Outcome
from core.words import count
from debtflow import boot, jobs


class Command(OperatorCommand):
    help = "Run what is in the queue, in this process."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--until-idle", action="store_true", help="end when the queue is empty")

    def carry_out(self, **options: Any) -> Outcome:
        boot.refuse_unsafe_start()
        done, failed = 0, []
        while True:
            task = jobs.run_next()
            if task is not None:
                done += 1
                if not task["success"]:
                    failed.append({"job": task["args"][0], "error": str(task["result"]).splitlines()[0]})
            elif options["until_idle"]:
                break
            else:
                time.sleep(0.5)
        facts = {"jobs": done, "failed": failed}
        if failed:
            lines = [f"  {job['job']}: {job['error']}" for job in failed]
            return Outcome(f"{len(failed)} of {count(done, 'job')} failed:\n" + "\n".join(lines), facts, ok=False)
        return Outcome(f"Ran {count(done, 'job')}; the queue is empty.", facts)
