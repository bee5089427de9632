"""Lambda's workers live by the clock, end on time, and tell their errors and logs as on AWS.

While a function runs, the party on whose behalf it was invoked waits for it. A function that
sleeps past its time-out is stopped at that moment. One that raises an error lives on, and its
caller is told the error's own type. A line at the end of its log says that the log is complete,
so nobody waits to see whether more will come.
"""

import os
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from rehearsal.world.inside.parties import like
from rehearsal.world.inside.plugins.worker_streams import WorkerStreams
from rehearsal.world.inside.setting import Setting

# Where the worker's script has answered; what a function printed is before it.
_ANSWERED = "        _real_stdout.flush()\n\nrun()"
# Where it keeps its own standard output: what it says there must come after the log.
_OUTPUT = "    _real_stdout = sys.stdout\n"
# How it tells an error; ministack replaces a worker that does.
_FAILED = '{"status": "error", "error": str(e), "trace": traceback.format_exc()}'


def install(world: Setting) -> None:
    """Let the workers take part in the world's time."""
    seams, parties = world.seams, world.parties
    # No function can guess it, so none can end its own log early or feign an error.
    sign = secrets.token_hex(8)
    seams.wrap("lambda_runtime._PYTHON_WORKER_SCRIPT", lambda script: _fitted(script, sign))
    os.environ["PYTHONUNBUFFERED"] = "1"
    listener = _Listener(sign)
    stock_invoke = seams.get("lambda_runtime.Worker.invoke")
    stock_run = seams.get("lambda_svc._execute_function_warm")
    # From the worker to whoever runs it, on the thread of the run.
    told = threading.local()

    def invoke(worker: Any, event: object, request_id: str, **more: object) -> dict[str, Any]:
        seconds = float(worker.config.get("Timeout", 3))
        name = f"function {worker.func_name} {request_id}"
        with parties.acting(name, parties.current()) as party:
            party.deadline = world.clock.now() + seconds
            parties.workers[worker] = party
            try:
                with listener.to(worker):
                    answer: dict[str, Any] = stock_invoke(worker, event, request_id, **more)
            finally:
                del parties.workers[worker]
        result = answer.get("result")
        if party.overdue:
            answer.update(status="error", error=f"Task timed out after {seconds:.2f} seconds")
            answer.pop("trace", None)
        elif isinstance(result, dict) and sign in result:
            kind, message, trace = result[sign]
            told.error = {"errorType": kind, "requestId": request_id, "stackTrace": trace}
            answer.update(status="error", error=message, trace=f"[ERROR] {kind}: {message}")
        return answer

    def run(func: Any, event: Any, request_id: str) -> Any:
        told.error = {}
        result = stock_run(func, event, request_id)
        if result.get("error") and told.error:
            result["body"].update(told.error)
        return result

    # Functions, for they become methods.
    seams.wrap("lambda_runtime.Worker._drain_stderr_bounded", listener.drain)
    seams.wrap("lambda_runtime.Worker._drain_stderr", listener.drain_now)
    seams.put("lambda_runtime.Worker.invoke", invoke)
    # A few ARNs, read again and again in each run.
    for module in ("lambda_runtime", "lambda_svc"):
        seams.wrap(f"{module}._lambda_function_account_region_from_arn", lru_cache(1024))
    seams.put("lambda_runtime.threading", like(threading, Thread=listener.thread))
    seams.put("lambda_svc._execute_function_warm", run)
    stop = seams.get("lambda_runtime._signal")
    parties.stop_worker = lambda worker: stop(worker._proc)


def _fitted(script: str, sign: str) -> str:
    """The worker's script, with the end of each log and each error signed."""
    if any(script.count(each) != 1 for each in (_ANSWERED, _FAILED, _OUTPUT)):
        raise RuntimeError(
            "the script of ministack's Python worker is no longer as rehearsal.world expects; "
            f"look at _PYTHON_WORKER_SCRIPT in ministack.core.lambda_runtime and at {__name__}"
        )
    error = "[type(e).__name__, str(e), traceback.format_tb(e.__traceback__)[1:]]"
    script = script.replace(_FAILED, f'{{"status": "ok", "result": {{{sign!r}: {error}}}}}')
    buffered = "_real_stdout.reconfigure(line_buffering=False, write_through=False)"
    script = script.replace(_OUTPUT, f"{_OUTPUT}    {buffered}\n")
    return script.replace(
        _ANSWERED, f"        print({sign!r}, file=sys.stderr, flush=True)\n{_ANSWERED}"
    )


class _Listener:
    """Reads what the worker says that this thread runs, without a thread for it."""

    def __init__(self, sign: str) -> None:
        self._sign = sign
        self._here = threading.local()

    @contextmanager
    def to(self, worker: Any) -> Iterator[None]:
        """Inside, this thread runs the worker."""
        self._here.worker, self._here.streams = worker, None
        try:
            yield
        finally:
            self._here.worker = self._here.streams = None

    def thread(self, target: Callable[[], None], **more: Any) -> Any:
        """Stands in for `Thread` where ministack starts one to read an answer."""
        process = getattr(getattr(self._here, "worker", None), "_proc", None)
        streams = getattr(process, "stdout", None)
        if target.__name__ != "_read_response" or not isinstance(streams, WorkerStreams):
            return threading.Thread(target=target, **more)
        self._here.streams = streams
        return _Reading(target, streams)

    def drain(self, stock: Callable[..., str]) -> Callable[..., str]:
        """The log of a run."""

        def drained(worker: Any, **waits: float) -> str:
            streams = getattr(self._here, "streams", None)
            return stock(worker, **waits) if streams is None else str(streams.log(self._sign))

        return drained

    def drain_now(self, stock: Callable[..., str]) -> Callable[..., str]:
        """What is there of it."""

        def drained(worker: Any) -> str:
            streams = getattr(self._here, "streams", None)
            return stock(worker) if streams is None else str(streams.logged())

        return drained


class _Reading:
    """Stands in for the thread that reads a worker's answer: whoever waits for it reads it."""

    def __init__(self, read: Callable[[], None], streams: WorkerStreams) -> None:
        self._read, self._streams = read, streams

    def start(self) -> None:
        """It is read when it is waited for."""

    def join(self, timeout: float | None = None) -> None:
        """Read it."""
        with self._streams.within(timeout):
            self._read()

    def is_alive(self) -> bool:
        """Whether it did not come in time."""
        return self._streams.late
