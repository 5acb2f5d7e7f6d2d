"""llama.cpp in this process, one server object for each file of weights, loaded on first use and shared by all runs."""

from __future__ import annotations

import secrets
import threading
from pathlib import Path
from typing import Any


def load_server(weights: Path, *, context: int, embed: bool = False) -> Any:
    """The ``xllamacpp`` server of ``weights``; blocks while it loads (about a second the first time).

    One thread: more of them spin on a barrier and lose when other work holds the cores. The library opens a port on the
    loopback address that nobody uses; a random key closes it.
    """
    key = (str(weights), embed)
    with _LOCK:
        if key not in _LOADED:
            _LOADED[key] = _load(weights, context, embed)
        return _LOADED[key]


def _load(weights: Path, context: int, embed: bool) -> Any:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(weights)
    params.n_ctx = context
    params.n_parallel = 1
    params.cpuparams.n_threads = 1
    params.cpuparams_batch.n_threads = 1
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [secrets.token_urlsafe(32)]
    params.use_jinja = True
    params.offline = True
    params.ui = False
    params.verbosity = -1
    if embed:
        params.embedding = True
        params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
        params.n_batch = params.n_ubatch = context
    return xllamacpp.Server(params)


_LOCK = threading.Lock()
_LOADED: dict[tuple[str, bool], Any] = {}
