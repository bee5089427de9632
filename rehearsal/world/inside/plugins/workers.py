"""Lambda's workers live by the clock, end on time, and tell their errors and logs as on AWS.

While a function runs, the party on whose behalf it was invoked waits for it. A function that
sleeps past its time-out is stopped at that moment. One that raises an error lives on, and its
caller is told the error's own type. A line at the end of its log says that the log is complete,
so nobody waits to see whether more will come.
"""

import os
import queue
import secrets
import threading
from collections.abc import Iterator
from typing import Any

from rehearsal.world.inside.setting import Setting

# Where the worker's script has answered; what a function printed is before it.
_ANSWERED = "        _real_stdout.flush()\n\nrun()"
# How it tells an error; ministack replaces a worker that does.
_FAILED = '{"status": "error", "error": str(e), "trace": traceback.format_exc()}'
_LOOK_SECONDS = 0.05


def install(world: Setting) -> None:
    """Let the workers take part in the world's time."""
    seams, parties = world.seams, world.parties
    # No function can guess it, so none can end its own log early or feign an error.
    sign = secrets.token_hex(8)
    seams.wrap("lambda_runtime._PYTHON_WORKER_SCRIPT", lambda script: _fitted(script, sign))
    os.environ["PYTHONUNBUFFERED"] = "1"
    stock_drain = seams.get("lambda_runtime.Worker._drain_stderr_bounded")
    stock_invoke = seams.get("lambda_runtime.Worker.invoke")
    stock_run = seams.get("lambda_svc._execute_function_warm")
    # From the worker to whoever runs it, on the thread of the run.
    told = threading.local()

    def drain(worker: Any, *args: float, **kwargs: float) -> str:
        if not str(worker.config.get("Runtime")).startswith("python"):
            return str(stock_drain(worker, *args, **kwargs))
        return "\n".join(_until(sign, worker._stderr_queue, worker._stderr_thread))

    def invoke(worker: Any, event: object, request_id: str, **more: object) -> dict[str, Any]:
        seconds = float(worker.config.get("Timeout", 3))
        name = f"function {worker.func_name} {request_id}"
        with parties.acting(name, parties.current()) as party:
            party.deadline = world.clock.now() + seconds
            parties.workers[worker] = party
            try:
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

    seams.put("lambda_runtime.Worker._drain_stderr_bounded", drain)
    seams.put("lambda_runtime.Worker.invoke", invoke)
    seams.put("lambda_svc._execute_function_warm", run)
    stop = seams.get("lambda_runtime._signal")
    parties.stop_worker = lambda worker: stop(worker._proc)


def _fitted(script: str, sign: str) -> str:
    """The worker's script, with the end of each log and each error signed."""
    if script.count(_ANSWERED) != 1 or script.count(_FAILED) != 1:
        raise RuntimeError(
            "the script of ministack's Python worker is no longer as rehearsal.world expects; "
            f"look at _PYTHON_WORKER_SCRIPT in ministack.core.lambda_runtime and at {__name__}"
        )
    error = "[type(e).__name__, str(e), traceback.format_tb(e.__traceback__)[1:]]"
    script = script.replace(_FAILED, f'{{"status": "ok", "result": {{{sign!r}: {error}}}}}')
    return script.replace(
        _ANSWERED, f"        print({sign!r}, file=sys.stderr, flush=True)\n{_ANSWERED}"
    )


def _until(end: str, lines: "queue.Queue[str]", reader: threading.Thread) -> Iterator[str]:
    while True:
        try:
            line = lines.get(timeout=_LOOK_SECONDS)
        except queue.Empty:
            # A worker that died has no last line.
            if not reader.is_alive() and lines.empty():
                return
            continue
        if line == end:
            return
        yield line
