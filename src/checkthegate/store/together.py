"""Group commit: threads that want something at the same time have it done at once.

Whoever comes while nobody commits becomes the leader and commits for all who wait; when it is done
the first of those who came meanwhile leads next. No thread is started, so nothing is to be stopped.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from checkthegate.store.group import Request

_EVENTS = 5000
"""No further request joins a group that has so many events."""

_SHARE, _LONGEST, _NAP = 0.5, 0.002, 0.00005
"""A leader waits for company: this share of the last commit's time, so long at most, in naps."""


class Together:
    """Hands requests of many threads in groups to `commit`, one group at a time.

    `commit` leaves a receipt or a failure in each request and never raises.
    """

    def __init__(self, commit: Callable[[Sequence[Request]], None]) -> None:
        self._commit = commit
        self._waiting: deque[Request] = deque()
        self._mutex = threading.Lock()
        self._led = False
        self._leader: int | None = None
        self._groups = deque([1, 1], maxlen=2)
        self._seconds = 0.0

    def done(self, request: Request) -> None:
        """Return when the request was committed, by this thread or by another."""
        if self._leader == threading.get_ident():
            raise RuntimeError("nothing can be recorded while deciding what to record")
        with self._mutex:
            self._waiting.append(request)
            lead = not self._led
            self._led = True
        if not lead:
            try:
                request.wake.acquire()
            except BaseException:
                self._abandon(request)
                raise
            lead = not request.done
        if lead:
            try:
                self._lead()
            except BaseException:
                self._withdraw(request)
                raise
            finally:
                self._hand_on()

    def _lead(self) -> None:
        self._await_company()
        group: list[Request] = []
        events = 0
        with self._mutex:
            while self._waiting and events < _EVENTS:
                group.append(self._waiting.popleft())
                events += len(group[-1].prepared)
        start = time.perf_counter()
        self._leader = threading.get_ident()
        try:
            self._commit(group)
        finally:
            self._leader = None
            self._seconds = time.perf_counter() - start
            self._groups.append(len(group))
            for request in group:
                request.done = True
                request.wake.release()

    def _await_company(self) -> None:
        """Those whose request was just committed are likely to come again: let them join."""
        company = max(self._groups)
        until = time.perf_counter() + min(self._seconds * _SHARE, _LONGEST)
        while len(self._waiting) < company and time.perf_counter() < until:
            time.sleep(_NAP)

    def _hand_on(self) -> None:
        with self._mutex:
            if self._waiting:
                self._waiting[0].wake.release()
            else:
                self._led = False

    def _abandon(self, request: Request) -> None:
        """The thread was interrupted while it waited: nobody will lead in its place."""
        with self._mutex:
            appointed = self._led and not request.done and request.wake.acquire(blocking=False)
        self._withdraw(request)
        if appointed:
            self._hand_on()

    def _withdraw(self, request: Request) -> None:
        with self._mutex:
            if request in self._waiting:
                self._waiting.remove(request)
