# The servers, the evaluation worker and the command line. Built by `make images FAMILY=services`.
# To pin the base by its digest: --build-arg BASE=python:3.11-slim-bookworm@sha256:...
ARG BASE=python:3.11-slim-bookworm

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

FROM ${BASE}
RUN printf 'codekiln:x:65532:65532::/var/lib/codekiln:/usr/sbin/nologin\n' >>/etc/passwd \
    && printf 'codekiln:x:65532:\n' >>/etc/group \
    && install -d -o 65532 -g 65532 /var/lib/codekiln
ENV PATH=/opt/codekiln/bin:$PATH \
    HOME=/var/lib/codekiln \
    CODEKILN_HOME=/var/lib/codekiln \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
# Our Kubernetes client sends plain dictionaries: the generated classes (120 MB) are never loaded.
COPY requirements/images/services.txt /opt/codekiln/requirements.txt
RUN --mount=type=bind,from=uv,source=/uv,target=/uv --mount=type=cache,target=/root/.cache/uv \
    /uv/bin/uv venv --quiet --allow-existing /opt/codekiln \
    && /uv/bin/uv pip sync --quiet --python /opt/codekiln --cache-dir /root/.cache/uv --link-mode copy --compile-bytecode \
        --require-hashes /opt/codekiln/requirements.txt \
    && find /opt/codekiln/lib -type f -regex '.*/kubernetes/client/\(api\|models\)/.*' ! -name '__init__*' -delete \
    && find /opt/codekiln/lib -depth -type d \( -path '*/kubernetes/aio' -o -path '*/Crypto/SelfTest' \) \
        -exec rm -rf {} +
COPY --from=package /package /
USER 65532:65532
WORKDIR /var/lib/codekiln
ARG REVISION=unknown
ENV REVISION=${REVISION}
LABEL org.opencontainers.image.title="codekiln services" \
    org.opencontainers.image.licenses="Apache-2.0"
