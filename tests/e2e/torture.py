"""Random faults, one after another, in servers under load on one PostgreSQL.

./dev torture runs it. It fails if an event that was accepted does not arrive,
or if an order or a limit of requests in flight does not hold. A seed chooses
the faults; `--seed` repeats their order, not their exact times.
"""

import argparse
import pathlib
import random
import signal
import statistics
import sys
import time

import stubs  # noqa: F401  before what needs it
import torture_world
from torture_faults import Faults

LOGS = pathlib.Path(__file__).parents[2] / "build" / "torture"


def parse():
    names = Faults(None, None).names()
    parser = argparse.ArgumentParser(prog="./dev torture", description=__doc__)
    parser.add_argument("minutes", nargs="?", type=float, default=10)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--beat", help="of the servers; default: theirs")
    parser.add_argument("--faults", type=int, default=10**6,
                        help="ends after this number of faults")
    parser.add_argument("--only", choices=names, nargs="+", default=names,
                        help="the faults to choose from")
    parser.add_argument("--logs", type=pathlib.Path, default=LOGS,
                        help="the folder for the logs of all processes")
    return parser.parse_args()


def run(world, arguments):
    """Returns the faults when the time is over."""
    randomness = random.Random(arguments.seed)
    faults = Faults(world, randomness)
    start = time.monotonic()
    world.await_health()
    kinds = []
    for number in range(arguments.faults):
        if time.monotonic() > start + 60 * arguments.minutes:
            break
        # Each kind comes once before one comes again.
        kinds = kinds or randomness.sample(arguments.only, len(arguments.only))
        kind = kinds.pop()
        print(f"{time.monotonic() - start:6.1f} s  {number + 1:3} {kind}",
              flush=True)
        repeats = world.recorder.repeats
        told = getattr(faults, kind)()
        ended = time.monotonic()
        world.await_health()
        print(f"{'':13} {told}; healthy after {time.monotonic() - ended:.1f} s, "
              f"{world.recorder.repeats - repeats} repeated", flush=True)
    return faults


def examine(world):
    """Waits for all events. Returns the violations."""
    accepted = world.publisher.accepted
    recorder = world.recorder
    violations = []
    for path in torture_world.SETTINGS:
        try:
            torture_world.await_(
                lambda: accepted <= set(recorder.arrived(path)), path)
        except AssertionError:
            lost = accepted - set(recorder.arrived(path))
            violations.append(f"{path}: lost {len(lost)}: {sorted(lost)[:10]}")
            continue
        if path.startswith("/ordered/"):
            for events in world.publisher.sequences:
                if found := recorder.misplaced(path, events):
                    violations.append(f"{path}: out of order: {found[:10]}")
        most = torture_world.MOST_IN_FLIGHT[path.split("/")[1]]
        if recorder.most_in_flight[path] > most:
            violations.append(f"{path}: {recorder.most_in_flight[path]} in "
                              f"flight, at most {most} are allowed")
    return violations


def report(world, faults, violations):
    arrivals = sum(len(world.recorder.at(path))
                   for path in torture_world.SETTINGS)
    print(f"{len(world.publisher.accepted)} events accepted, {arrivals} "
          f"requests arrived, {world.recorder.repeats} of them repeated")
    if faults.takeovers:
        print(f"{len(faults.takeovers)} webhooks taken over from killed "
              f"servers: median {statistics.median(faults.takeovers):.2f} s, "
              f"longest {max(faults.takeovers):.2f} s")
    print("\n".join(violations) or "nothing lost, every order and limit held",
          flush=True)


def stop(*_):
    sys.exit("interrupted")


def main():
    arguments = parse()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    print(f"--seed={arguments.seed}", flush=True)
    with torture_world.world(arguments.beat) as world:
        try:
            with world.publisher:
                faults = run(world, arguments)
            violations = examine(world)
            report(world, faults, violations)
        finally:
            world.save_logs(arguments.logs)
            print(f"The logs are in {arguments.logs}.", flush=True)
    sys.exit(1 if violations else 0)


if __name__ == "__main__":
    main()
