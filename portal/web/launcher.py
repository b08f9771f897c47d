"""Serving: gunicorn's arbiter in this process, threaded web processes below it, and beside them the background worker, all in one
process group. Measured reasons: a socket takes a thread, so sockets are capped below the number of threads; see docs/operating.md.
"""

import gc
import os
import resource
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

from portal.web import beside, metrics
from portal.web.crowd import capped

log = structlog.get_logger(__name__)
RESERVED = 64  # threads that sockets never take: pages go on when all the rest are taken
LEAST_FILES = 4096
WORKER_STOPS = 8.0  # seconds that the background worker has to finish its batch
BACKLOG = 2048


@dataclass(frozen=True)
class Serving:
    """How to serve. `make_app` is called in each web process, `work(parent)` in the background worker; both after the fork."""

    host: str
    port: int
    make_app: Callable[[], Flask]
    work: Callable[[int], object]
    ready: Callable[[], None]  # once the address is taken
    scratch: Path  # for what the processes share while they run
    processes: int = 1
    threads: int = 264


def serve(serving: Serving) -> None:
    """Serve until SIGTERM or SIGINT; stops cleanly within 20 seconds. Ends the process."""
    _raise_file_limit(serving)
    if serving.processes > 1:
        metrics.share(serving.scratch)
    Launcher(serving).run()


class Launcher(BaseApplication):  # type: ignore[misc]
    """gunicorn without its command line, its control socket and its configuration files."""

    def __init__(self, serving: Serving) -> None:
        self.serving = serving
        super().__init__(prog="mainstay")

    def load_config(self) -> None:
        host = f"[{self.serving.host}]" if ":" in self.serving.host else self.serving.host
        for name, value in {
            "bind": f"{host}:{self.serving.port}",
            "worker_class": "portal.web.launcher.Web",
            "workers": self.serving.processes,
            "threads": self.serving.threads,
            "worker_connections": self.serving.threads + BACKLOG,
            "backlog": BACKLOG,
            "timeout": 30,
            "graceful_timeout": 5,
            "keepalive": 15,
            "control_socket_disable": True,
            "proc_name": "mainstay",
            "loglevel": "warning",
            "logger_class": "portal.web.launcher.Log",
            "when_ready": lambda arbiter: self.serving.ready(),
            "child_exit": lambda arbiter, web: metrics.forget(web.pid),
            "on_exit": lambda arbiter: metrics.close(),
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """In a web process, after the fork: the app, listening to the bus."""
        app = self.serving.make_app()
        house = app.extensions["house"]
        house.bus.listen(app.extensions["realtime"].hear)
        most, sockets = self.serving.threads - RESERVED, app.extensions["metrics"].sockets
        app.wsgi_app = capped(app.wsgi_app, most, sockets, lambda: house.bus.deaf)  # type: ignore[assignment,method-assign]
        beside.start(house)
        collect_seldom()
        return app

    def run(self) -> None:
        Keeper(self, self.serving.work).run()


class Web(ThreadWorker):  # type: ignore[misc]
    """A web process. On the way down it closes its sockets, which would otherwise hold it up until they are killed."""

    def handle_exit(self, sig: int, frame: Any) -> None:
        super().handle_exit(sig, frame)
        self._let_go()

    def is_parent_alive(self) -> bool:
        if super().is_parent_alive():
            return True
        # Nobody is left to kill us if a thread hangs, and whoever starts anew needs our address.
        end = threading.Timer(self.cfg.graceful_timeout + 1, os._exit, [1])
        end.daemon = True
        end.start()
        self._let_go()
        return False

    def _let_go(self) -> None:
        app = self.app.callable
        if app is not None:
            threading.Thread(target=app.extensions["realtime"].close_all, daemon=True).start()


class Log(Logger):  # type: ignore[misc]
    """gunicorn's own lines go where all lines go."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in list(self.error_log.handlers):
            self.error_log.removeHandler(handler)
        self.error_log.propagate = True


class Keeper(Arbiter):  # type: ignore[misc]
    """The arbiter, which keeps one background worker alive as well."""

    def __init__(self, app: Launcher, work: Callable[[int], object]) -> None:
        super().__init__(app)
        self.work = work
        self.worker_pid = 0
        self.started = 0.0
        self.quick_deaths = 0

    def manage_workers(self) -> None:
        super().manage_workers()
        if not _alive(self.worker_pid) and time.monotonic() >= self._again_at():
            self._start_worker()

    def stop(self, graceful: bool = True) -> None:
        _tell(self.worker_pid, signal.SIGTERM)
        super().stop(graceful)
        until = time.monotonic() + WORKER_STOPS
        while _alive(self.worker_pid) and time.monotonic() < until:
            time.sleep(0.05)
        _tell(self.worker_pid, signal.SIGKILL)

    def _again_at(self) -> float:
        """A worker that dies at once again and again is started more and more rarely, once a minute at least."""
        return self.started + min(60, 2**self.quick_deaths - 1)

    def _start_worker(self) -> None:
        if self.worker_pid:
            died_quickly = time.monotonic() - self.started < 60
            self.quick_deaths = min(self.quick_deaths + 1, 6) if died_quickly else 0
            log.error("worker.died", pid=self.worker_pid)
        self.started = time.monotonic()
        parent = os.getpid()
        self.worker_pid = os.fork()
        if self.worker_pid:
            return
        code = 1
        try:
            for each in self.LISTENERS:
                each.close()
            for sig in self.SIGNALS:
                signal.signal(sig, signal.SIG_DFL)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self.work(parent)
            code = 0
        except BaseException:
            log.exception("worker.failed")
        finally:
            os._exit(code)  # this is a copy of the arbiter: none of its clean-up is ours to do


def collect_seldom() -> None:
    """With a thousand sockets the oldest generation takes 200 ms to collect; what the app is made of never becomes garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 1000)


def _alive(pid: int) -> bool:
    """Whether our child still runs; the arbiter may have taken note of its death before us."""
    try:
        return pid > 0 and os.waitpid(pid, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        return False


def _tell(pid: int, sig: int) -> None:
    if _alive(pid):
        os.kill(pid, sig)


def _raise_file_limit(serving: Serving) -> None:
    """As many open files as sockets, connections and the database may need."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = max(LEAST_FILES, 4 * serving.threads)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        if most < wanted:
            log.warning("serve.few_files", limit=most, wanted=wanted, mend=f"ulimit -n {wanted}")
