# What trainer and inference share byte for byte: torch and the libraries that it loads. Never run by itself, so without our package.
# Built before them by `make images`; tagged by its inputs, for any change here makes all that stand on it anew.
# To pin the base by its digest: --build-arg BASE=python:3.11-slim-bookworm@sha256:...
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS uv
COPY requirements/bootstrap.txt /tmp/bootstrap.txt
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install --quiet --require-hashes --no-deps --target /uv --requirement /tmp/bootstrap.txt
ENV PATH=/uv/bin:$PATH UV_LINK_MODE=copy

FROM ${BASE}
RUN printf 'codekiln:x:65532:65532::/var/lib/codekiln:/usr/sbin/nologin\n' >>/etc/passwd \
    && printf 'codekiln:x:65532:\n' >>/etc/group \
    && install -d -o 65532 -g 65532 /var/lib/codekiln
ENV PATH=/opt/codekiln/bin:$PATH \
    HOME=/var/lib/codekiln \
    CODEKILN_HOME=/var/lib/codekiln \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
COPY requirements/images/torch.txt /opt/codekiln/requirements.txt
RUN --mount=type=bind,from=uv,source=/uv,target=/uv --mount=type=cache,target=/root/.cache/uv \
    /uv/bin/uv venv --quiet --allow-existing /opt/codekiln \
    && /uv/bin/uv pip sync --quiet --python /opt/codekiln --cache-dir /root/.cache/uv --link-mode copy --compile-bytecode \
        --require-hashes /opt/codekiln/requirements.txt
LABEL org.opencontainers.image.title="codekiln torch" \
    org.opencontainers.image.licenses="BSD-3-Clause"
USER 65532:65532
