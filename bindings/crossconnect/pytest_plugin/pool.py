# SPDX-License-Identifier: Apache-2.0
"""The labs of a test session: brought up once, shared by the tests that may share them, healed and looked at between."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import Any

from .. import Error, Lab, attach, turns, up
from ..lab import program
from .keeper import Keeper
from .state import State
from .wish import short_name

REST = 60  # seconds that a healed lab gets to be at rest again
_LONGEST_STEM = 32


@dataclass(eq=False)
class Shared:
    """A lab that is up, and what it was when it came up."""

    lab: Lab
    file: str
    options: dict[str, Any]
    holder: str  # the module or test whose own it is; empty: everybody's
    slot: turns.Slot
    state: State | None = None  # None: whoever holds it is still setting it up
    log_size: int = -1  # of its events when it was last at rest
    last_test: str = ""

    def is_untouched(self) -> bool:
        """Nothing has happened since it was last at rest, so that it still is."""
        return self._log().st_size == self.log_size and not self.lab.faults() and self.lab.inspect()["converged"]

    def come_to_rest(self) -> None:
        """Raises TimeoutError, ServiceError."""
        if not self.is_untouched():
            self.lab.heal()
            self.lab.wait(REST)
            self.log_size = self._log().st_size

    def deviation(self) -> list[str]:
        """Brings it to rest; what then differs from how it came up, in words."""
        try:
            self.come_to_rest()
        except FileNotFoundError:  # its run folder has gone with it
            return ["it is down"]
        except (Error, OSError) as error:
            return [f"it does not come to rest: {error}"]
        if self.state is None:
            return []
        return self.state.differences(State.of(self.lab))

    def remember(self) -> None:
        self.state = State.of(self.lab)
        self.log_size = self._log().st_size

    def _log(self) -> os.stat_result:
        return (self.lab.folder / "events.jsonl").stat()


@dataclass
class Replaced:
    """A lab that a test left another than it got, and that was brought up anew."""

    lab: str
    test: str
    differences: list[str]

    def __str__(self) -> str:
        shown = "; ".join(self.differences[:4])
        more = f"; and {len(self.differences) - 4} more" if len(self.differences) > 4 else ""
        return f"{self.test or 'its set-up'} left lab {self.lab} another than it was, so it came up anew: {shown}{more}"


@dataclass
class Pool:
    """All labs of this process."""

    most: int  # labs at once on this host
    worker: str = ""  # of pytest-xdist
    test: str = ""  # that runs now
    touched: list[Shared] = field(default_factory=list)  # by it
    replaced: list[Replaced] = field(default_factory=list)  # not told yet
    kept: list[str] = field(default_factory=list)  # not told yet
    _labs: dict[tuple[Any, ...], Shared] = field(default_factory=dict)
    _keeper: Keeper | None = None
    _named: int = 0

    def lend(self, file: str, options: dict[str, Any], holder: str = "", name: str = "") -> Shared:
        """A lab at rest and as planned: the one that is up, or a new one."""
        key = (file, name, holder, *sorted((word, str(value)) for word, value in options.items()))
        shared = self._labs.get(key)
        if shared:
            self.restore(shared)
        else:
            shared = self._labs[key] = self._bring_up(file, options, holder, name)
        return self._touch(shared)

    def restore(self, shared: Shared) -> None:
        """Heals it, waits until it is at rest, and brings it up anew where it is not what it was."""
        differences = shared.deviation()
        if differences:
            self.replaced.append(Replaced(shared.lab.name, shared.last_test, differences))
            self._replace(shared)
        self._touch(shared)

    def lent_to(self, holders: set[str]) -> list[Shared]:
        return [shared for shared in self._labs.values() if shared.holder in holders]

    def begin(self, test: str) -> None:
        self.test, self.touched = test, []

    def keep(self) -> None:
        """What the test has touched stays up when all is over, and is nobody's from now on."""
        for shared in self.touched:
            if shared in self._labs.values():
                self._let_go(shared)

    def end(self) -> None:
        """The test is over, and its own labs go."""
        for shared in [one for one in self._labs.values() if one.holder == self.test]:
            self._end(shared)

    def end_holder(self, holder: str) -> None:
        """A module is over."""
        for shared in self.lent_to({holder}):
            self._end(shared)

    def close(self) -> None:
        """Ends all labs; raises the first error once all has been tried."""
        errors = []
        for shared in list(self._labs.values()):
            try:
                self._end(shared)
            except Error as error:
                errors.append(error)
        if self._keeper:
            self._keeper.close()
            self._keeper = None
        if errors:
            raise errors[0]

    # --- one lab ------------------------------------------------------------------------------------------------------

    def _touch(self, shared: Shared) -> Shared:
        shared.last_test = self.test
        if shared not in self.touched:
            self.touched.append(shared)
            shared.lab.reports.clear()
        return shared

    def _bring_up(self, file: str, options: dict[str, Any], holder: str, name: str) -> Shared:
        slot = self._slot()
        try:
            lab = self._start(file, name or self._name(file), options)
        except BaseException:
            slot.close()
            raise
        shared = Shared(lab, file, options, holder, slot)
        shared.remember()
        return shared

    def _start(self, file: str, name: str, options: dict[str, Any]) -> Lab:
        self._keeper = self._keeper or Keeper(program())
        self._keeper.watch(name)
        try:
            return up(file, name=name, **options)
        except BaseException:  # nothing of it is left, or it was somebody else's
            self._keeper.release(name)
            raise

    def _replace(self, shared: Shared) -> None:
        """Whoever has the lab in hand goes on with the new one."""
        shared.lab.down()
        try:
            self._start(shared.file, shared.lab.name, shared.options)
        except BaseException:
            self._forget(shared)
            raise
        shared.lab.become(attach(shared.lab.name))
        shared.remember()

    def _end(self, shared: Shared) -> None:
        self._forget(shared)
        shared.lab.down()
        if self._keeper:
            self._keeper.release(shared.lab.name)

    def _let_go(self, shared: Shared) -> None:
        self._forget(shared)
        if self._keeper:
            self._keeper.release(shared.lab.name)
        self.kept.append(shared.lab.name)

    def _forget(self, shared: Shared) -> None:
        self._labs = {key: one for key, one in self._labs.items() if one is not shared}
        shared.slot.close()

    # --- room and names -----------------------------------------------------------------------------------------------

    def _slot(self) -> turns.Slot:
        """Room for one more lab on this host: a free slot, else that of a lab of ours that nobody holds, else a wait. A
        test that has a lab already does not wait for a second one, for then two of them would wait for each other.
        """
        slot = turns.try_slot(self.most)
        while slot is None and (idle := self._idle()):
            self._end(idle)
            slot = turns.try_slot(self.most)
        return slot or (turns.no_slot() if self._labs else turns.wait_for_slot(self.most))

    def _idle(self) -> Shared | None:
        return next((one for one in self._labs.values() if not one.holder and one not in self.touched), None)

    def _name(self, file: str) -> str:
        self._named += 1
        stem = re.sub(r"[^A-Za-z0-9]+", "-", short_name(file))[:_LONGEST_STEM].strip("-") or "lab"
        number = f"-{self._named}" if self._named > 1 else ""
        return f"{stem}-{self.worker + '-' if self.worker else ''}{os.getpid()}{number}"
