# The inference server with vLLM for NVIDIA GPUs, on the torch image. Built by `make images FAMILY=inference-cuda`.
# To pin the base by its digest: --build-arg BASE=python:3.11-slim-bookworm@sha256:...
ARG BASE=python:3.11-slim-bookworm
ARG TORCH=codekiln/torch:unset

FROM ${BASE} AS uv
COPY requirements/bootstrap.txt /tmp/bootstrap.txt
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install --quiet --require-hashes --no-deps --target /uv --requirement /tmp/bootstrap.txt
ENV PATH=/uv/bin:$PATH UV_LINK_MODE=copy

# Our package, byte-compiled, with fixed file times: equal sources make an equal last layer.
FROM uv AS package
WORKDIR /build
COPY requirements/images/build.txt requirements.txt
RUN --mount=type=cache,target=/root/.cache/uv \
    uv venv --quiet tools && uv pip sync --quiet --python tools --require-hashes requirements.txt
COPY LICENSE README.md pyproject.toml setup.py ./
COPY protos protos
COPY services services
RUN uv build --quiet --wheel --no-build-isolation --python tools/bin/python --out-dir wheel . \
    && uv venv --quiet /opt/codekiln \
    && uv pip install --quiet --python /opt/codekiln --no-deps --no-index --find-links wheel codekiln \
    && mkdir /package && cp -r --parents /opt/codekiln/bin/codekiln /opt/codekiln/lib/python3*/site-packages/codekiln* /package \
    && find /package -exec touch --date=@0 {} + \
    && python -m compileall -q --invalidation-mode unchecked-hash -s /package /package \
    && find /package -exec touch --date=@0 {} +

FROM ${TORCH}
USER 0:0
# Triton compiles the module through which it talks to the driver when an engine starts, so a C compiler belongs to what runs here;
# Python's headers are the base's. Not pinned: see data.Dockerfile.
# hadolint ignore=DL3008
RUN apt-get update -q \
    && apt-get install -q -y --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/apt /var/log/dpkg.log
COPY requirements/images/inference-cuda.txt /opt/codekiln/requirements.txt
RUN --mount=type=bind,from=uv,source=/uv,target=/uv --mount=type=cache,target=/root/.cache/uv \
    /uv/bin/uv pip sync --quiet --python /opt/codekiln --cache-dir /root/.cache/uv --link-mode copy --compile-bytecode \
        --require-hashes /opt/codekiln/requirements.txt
COPY --from=package /package /
USER 65532:65532
WORKDIR /var/lib/codekiln
ARG REVISION=unknown
ENV REVISION=${REVISION}
LABEL org.opencontainers.image.title="codekiln inference-cuda" \
    org.opencontainers.image.licenses="Apache-2.0"
