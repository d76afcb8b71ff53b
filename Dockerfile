# Two stages: the first installs, the second carries only what runs. No tool that builds is in the final image.
FROM python:3.11-slim-bookworm AS install
WORKDIR /srv/liftmark
RUN python -m venv /srv/venv
COPY requirements.lock ./
# Modules are compiled here, because the running container's files are read-only.
RUN /srv/venv/bin/pip install --quiet --no-cache-dir --disable-pip-version-check \
        --no-deps --only-binary :all: --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY models models
COPY analysis analysis
COPY service service
RUN /srv/venv/bin/pip install --quiet --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation .

FROM python:3.11-slim-bookworm
COPY service/fresh_machine.py /tmp/
# The base image ships Python's own library uncompiled, and the running container could not keep what it compiles.
RUN python -I /tmp/fresh_machine.py \
    && python -m compileall -q -x '/tests?/|site-packages|dist-packages' \
        "$(python -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')" \
    && rm -rf /tmp/fresh_machine.py /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home --home-dir /data liftmark
COPY --from=install /srv/venv /srv/venv

# Everything that is kept is under /data, everything passing under /tmp: the rest can be mounted read-only.
ENV PATH=/srv/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MPLCONFIGDIR=/tmp/matplotlib \
    LIFTMARK_DATA=/data
USER liftmark
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["liftmark", "serve", "--host", "0.0.0.0"]
